import * as crypto from 'node:crypto'
import type { StoredRecord } from '../engine/ports/stream.ts'

/** SHA-256 as hex. */
export function sha256(data: string | Uint8Array): string {
  return crypto.hash('sha256', data, 'hex')
}

/** An event id as `Claim.hash` takes it: 16 bytes of SHA-256, hex. */
export function claimHash(eventId: string): string {
  return sha256(eventId).slice(0, 32)
}

/** The key of a record within its plan. */
export function itemKey(record: { partition: number; offset: number }): string {
  return `${record.partition}/${record.offset}`
}

/** The id of the run of a record: the same however often the plan is resumed. */
export function runIdOf(planId: string, record: StoredRecord): string {
  return `${planId}-${record.partition}-${record.offset}`
}

/** Identity of a live decision and its revision: idempotency key of everything that leaves for it. */
export function decisionKey(place: {
  workspace: string
  pipeline: string
  source: string
  incarnation: number
  partition: number
  offset: number
  revision: number
}): string {
  return [
    place.workspace,
    place.pipeline,
    place.source,
    place.incarnation,
    place.partition,
    place.offset,
    place.revision,
  ].join('/')
}
