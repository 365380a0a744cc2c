import { Purpose } from '../schemas/decision.ts'
import { messageOf, RiskloomError } from '../engine/error.ts'
import type { NodeOutcome } from '../engine/nodes/node.ts'
import { decodeJson, encodeJson } from '../engine/values/codec.ts'
import { isObject } from '../engine/values/object.ts'
import type { ObjectValue, Value } from '../engine/values/value.ts'

/** A single run was accepted. All that is needed to run it again after a crash. */
export interface AcceptedFrame {
  readonly type: 'accepted'
  readonly runId: string
  readonly appId: string
  readonly versionId: string
  readonly purpose: Purpose
  readonly user: string
  readonly inputs: ObjectValue
  /** Start of the run, milliseconds since the epoch. */
  readonly at: number
}

/** A recorded node answered. Its run may only go on when this frame is durable. */
export interface CompletedFrame {
  readonly type: 'completed'
  /** Key of the item of a batch; empty for a single run. */
  readonly item: string
  /** Which try of the item, from 1. A single run has one. */
  readonly itemAttempt: number
  readonly node: string
  /** Which try of the node within its run, from 1. */
  readonly attempt: number
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly elapsedMs: number
  /** When the result was taken in, milliseconds since the epoch. */
  readonly at: number
  readonly outcome: NodeOutcome
}

/** A batch is sealed: its completions are no longer needed. */
export interface ReleasedFrame {
  readonly type: 'released'
}

export type Frame = AcceptedFrame | CompletedFrame | ReleasedFrame

/** Version of what `encodeFrame` writes. */
export const frameVersion = 1

/** From the fields of a version to those of the next one, by the version that they upgrade. Pure. */
const upcasters: ReadonlyMap<number, (fields: ObjectValue) => ObjectValue> = new Map()

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

export function encodeFrame(frame: Frame): Uint8Array {
  return encoder.encode(encodeJson({ v: BigInt(frameVersion), ...fieldsOf(frame) }))
}

/** @throws RiskloomError `corrupt-data` for bytes that are no frame, or one of a version that is not known here */
export function decodeFrame(bytes: Uint8Array): Frame {
  try {
    return read(decodeJson(decoder.decode(bytes)))
  } catch (error) {
    throw new RiskloomError('corrupt-data', `a journal frame cannot be read: ${messageOf(error)}`, { cause: error })
  }
}

function fieldsOf(frame: Frame): ObjectValue {
  if (frame.type !== 'completed') return { ...frame, ...('at' in frame ? { at: BigInt(frame.at) } : {}) }
  return {
    ...frame,
    itemAttempt: BigInt(frame.itemAttempt),
    attempt: BigInt(frame.attempt),
    outcome: frame.outcome as unknown as ObjectValue, // an outcome is plain data made of values
  }
}

function read(value: Value): Frame {
  if (!isObject(value)) throw new Error('it is no object')
  let fields = value
  let version = number(fields, 'v')
  while (version !== frameVersion) {
    const upcast = upcasters.get(version)
    if (upcast === undefined) throw new Error(`version ${version} is not known here`)
    fields = upcast(fields)
    version += 1
  }
  const type = text(fields, 'type')
  if (type === 'accepted') return readAccepted(fields)
  if (type === 'completed') return readCompleted(fields)
  if (type === 'released') return { type }
  throw new Error(`type ${type} is not known here`)
}

function readAccepted(fields: ObjectValue): AcceptedFrame {
  return {
    type: 'accepted',
    runId: text(fields, 'runId'),
    appId: text(fields, 'appId'),
    versionId: text(fields, 'versionId'),
    purpose: Purpose.parse(fields['purpose']),
    user: text(fields, 'user'),
    inputs: object(fields, 'inputs'),
    at: number(fields, 'at'),
  }
}

function readCompleted(fields: ObjectValue): CompletedFrame {
  const outcome = object(fields, 'outcome')
  if (typeof outcome['ok'] !== 'boolean' || !isObject(outcome['inputs']))
    throw new Error('outcome is no result of a node')
  return {
    type: 'completed',
    item: text(fields, 'item'),
    itemAttempt: number(fields, 'itemAttempt'),
    node: text(fields, 'node'),
    attempt: number(fields, 'attempt'),
    startedAt: number(fields, 'startedAt'),
    elapsedMs: number(fields, 'elapsedMs'),
    at: number(fields, 'at'),
    outcome: outcome as unknown as NodeOutcome, // parse boundary: checked above as far as the interpreter relies on it
  }
}

function text(fields: ObjectValue, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new Error(`${name} is no text`)
  return value
}

function number(fields: ObjectValue, name: string): number {
  const value = fields[name]
  if (typeof value !== 'number' && typeof value !== 'bigint') throw new Error(`${name} is no number`)
  return Number(value)
}

function object(fields: ObjectValue, name: string): ObjectValue {
  const value = fields[name]
  if (!isObject(value)) throw new Error(`${name} is no object`)
  return value
}
