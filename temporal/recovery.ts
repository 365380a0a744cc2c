import { messageOf } from '../engine/error.ts'
import { decodeFrame, type AcceptedFrame, type CompletedFrame, type Frame } from './frames.ts'
import { ownerOf, type Journal } from './journal.ts'

/** A single run that an earlier process accepted and did not end. */
export interface UnfinishedRun {
  readonly frame: AcceptedFrame
  readonly recorded: readonly CompletedFrame[]
  /** Why its frames cannot be read here. */
  readonly unreadable: string | undefined
}

export interface Recovered {
  readonly runs: readonly UnfinishedRun[]
  readonly ended: ReadonlyMap<string, number>
  /** Frames that retention removed although they were still needed. */
  readonly lost: number
}

interface Owned {
  readonly offset: number
  accepted: AcceptedFrame | undefined
  readonly completed: CompletedFrame[]
  unreadable: string | undefined
}

/** Reads what the journal of a workspace still holds and pins the frames of whatever has not ended. */
export async function recover(journal: Journal, recentSince: number): Promise<Recovered> {
  const start = await journal.recoveryStart(recentSince)
  const ended = new Map<string, number>()
  for await (const record of journal.ended(start.runs)) if (record.key !== null) ended.set(record.key, record.offset)

  const owners = new Map<string, Owned>()
  for await (const { key, offset, value } of journal.frames(start.journal)) {
    if (key === null || ended.has(runIdOf(key) ?? '')) continue
    const owned = owners.get(key) ?? { offset, accepted: undefined, completed: [], unreadable: undefined }
    const frame = readable(value, owned)
    if (frame?.type === 'released') owners.delete(key)
    else owners.set(key, owned)
    if (frame?.type === 'accepted') owned.accepted = frame
    // Results of batches are read again when the batch runs again: they may be many.
    if (frame?.type === 'completed' && runIdOf(key) !== undefined) owned.completed.push(frame)
  }
  const runs: UnfinishedRun[] = []
  for (const [owner, owned] of owners) {
    journal.lowWater.pin(owner, { journal: owned.offset, runs: start.runs })
    const runId = runIdOf(owner)
    if (runId === undefined) continue
    runs.push({ frame: owned.accepted ?? unknownRun(runId), recorded: owned.completed, unreadable: reasonOf(owned) })
  }
  return { runs, ended, lost: start.lost }
}

function readable(value: Uint8Array, owned: Owned): Frame | undefined {
  try {
    return decodeFrame(value)
  } catch (error) {
    owned.unreadable = messageOf(error)
    return undefined
  }
}

function reasonOf({ accepted, unreadable }: Owned): string | undefined {
  return unreadable ?? (accepted === undefined ? 'the frame of its acceptance is gone from the journal' : undefined)
}

function runIdOf(owner: string): string | undefined {
  const prefix = ownerOf.run('')
  return owner.startsWith(prefix) ? owner.slice(prefix.length) : undefined
}

/** All that is known of a run whose acceptance cannot be read. */
function unknownRun(runId: string): AcceptedFrame {
  return { type: 'accepted', runId, appId: '', versionId: '', purpose: 'live', user: '', inputs: {}, at: 0 }
}
