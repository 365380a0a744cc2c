import type { Run } from '../schemas/run.ts'
import { RiskloomError } from '../engine/error.ts'
import type { StoredRecord } from '../engine/ports/stream.ts'
import { topicOf } from '../engine/ports/topics.ts'
import { decodeJson, encodeJson } from '../engine/values/codec.ts'
import type { Value } from '../engine/values/value.ts'
import { encodeFrame, type Frame } from './frames.ts'
import { LowWater } from './marks.ts'
import type { Setting } from './options.ts'

/** Consumer group under which the marks are kept, on both topics. */
const group = 'durable'

/** The oldest frames go after this time even when something still needs them; recovery says so. */
const retention = { ms: 7 * 24 * 3_600_000 }

/** Ended runs that a start reads back at most, beyond those that it must. */
const maximumRecent = 10_000

const readLimit = { records: 2_000, bytes: 8 * 1024 * 1024 }

/** Owners of frames, as keys of the journal's records. They can be read even where the frame itself cannot. */
export const ownerOf = {
  run: (runId: string): string => `run/${runId}`,
  batch: (batchId: string): string => `batch/${batchId}`,
}

/**
 * The journal of one workspace: accepted runs and recorded results in one topic, ended runs in the other.
 * The record of an ended run is its end: there is no second place that could disagree.
 */
export class Journal {
  readonly lowWater = new LowWater()
  readonly #setting: Setting
  readonly #topic: string
  readonly #runs: string
  #committed = { journal: -1, runs: -1 }
  #commitDue = false

  private constructor(workspace: string, setting: Setting) {
    this.#setting = setting
    this.#topic = topicOf.journal(workspace)
    this.#runs = topicOf.runs(workspace)
  }

  static async open(workspace: string, setting: Setting): Promise<Journal> {
    const journal = new Journal(workspace, setting)
    await setting.stream.ensureTopic(journal.#topic, { partitions: 1, retention })
    await setting.stream.ensureTopic(journal.#runs, { partitions: 1, retention })
    return journal
  }

  /** Resolves when the frame is durable. Pins the owner. */
  async append(owner: string, frame: Frame): Promise<void> {
    this.lowWater.pin(owner)
    const step = frame.type === 'accepted' ? 'start' : 'journal'
    const append = () => this.#setting.stream.append(this.#topic, [{ key: owner, value: encodeFrame(frame) }])
    const [position] = await this.#hit(step, append)
    if (position !== undefined) this.lowWater.sawJournal(position.offset)
  }

  /** Ends a run: resolves with the offset of its record when that is durable. */
  async appendRun(run: Run): Promise<number> {
    // Inputs and outputs of a run are values, everything else is plain data: the whole is one value.
    const value = new TextEncoder().encode(encodeJson(run as unknown as Value))
    const [position] = await this.#hit('journal', () =>
      this.#setting.stream.append(this.#runs, [{ key: run.runId, value }]),
    )
    if (position === undefined) throw new RiskloomError('internal', 'the stream gave no position for a record')
    this.lowWater.sawRuns(position.offset)
    return position.offset
  }

  /** Lets the marks move past the owner's frames, a little later. */
  release(owner: string): void {
    if (!this.lowWater.unpin(owner) || this.#commitDue) return
    this.#commitDue = true
    void this.#commitLater()
  }

  /** Offset of a run's record at or behind an offset; undefined when there is none. */
  async findEnded(runId: string, from: number): Promise<number | undefined> {
    for await (const record of this.ended(from)) if (record.key === runId) return record.offset
    return undefined
  }

  /** The record of an ended run; undefined when retention took it. */
  async readRun(offset: number): Promise<Run | undefined> {
    const [record] = await this.#setting.stream.read(this.#runs, 0, offset, { records: 1 })
    if (record?.offset !== offset) return undefined
    // Parse boundary: only `appendRun` writes this topic.
    return decodeJson(new TextDecoder().decode(record.value)) as unknown as Run
  }

  /** Records of the journal from an offset to its present end. */
  frames(from: number): AsyncGenerator<StoredRecord> {
    return this.#scan(this.#topic, from, offset => this.lowWater.sawJournal(offset))
  }

  /** Records of ended runs from an offset to the present end. */
  ended(from: number): AsyncGenerator<StoredRecord> {
    return this.#scan(this.#runs, from, offset => this.lowWater.sawRuns(offset))
  }

  /** Where recovery has to begin, and what retention took of it. `recent` is the time from which ended runs are wanted. */
  async recoveryStart(recent: number): Promise<{ journal: number; runs: number; lost: number }> {
    const [journal, runs, recentRuns] = await Promise.all([
      this.#start(this.#topic),
      this.#start(this.#runs),
      this.#setting.stream.offsetAt(this.#runs, 0, recent),
    ])
    this.lowWater.sawJournal(journal.next - 1)
    this.lowWater.sawRuns(runs.next - 1)
    const lost = Math.max(0, journal.earliest - journal.mark)
    return {
      journal: Math.max(journal.mark, journal.earliest),
      runs: Math.max(runs.earliest, Math.min(runs.mark, Math.max(recentRuns, runs.next - maximumRecent))),
      lost,
    }
  }

  /** Makes the marks durable where they moved. The journal's goes first: a runs mark that is too low only costs time. */
  async commit(): Promise<void> {
    const marks = this.lowWater.marks()
    if (marks.journal > this.#committed.journal) {
      await this.#setting.stream.groups.commit(this.#topic, group, [{ partition: 0, offset: marks.journal }])
    }
    if (marks.runs > this.#committed.runs) {
      await this.#setting.stream.groups.commit(this.#runs, group, [{ partition: 0, offset: marks.runs }])
    }
    this.#committed = marks
  }

  /** Never rejects: a mark that stays behind only makes the next start read more. */
  async #commitLater(): Promise<void> {
    const { services, limits, closing, telemetry } = this.#setting
    try {
      await services.clock.sleep(limits.commitMs, closing)
      this.#commitDue = false
      await this.commit()
    } catch (error) {
      this.#commitDue = false
      if (!closing.aborted)
        telemetry.log('warn', 'low-water mark of the journal not moved', { topic: this.#topic, error })
    }
  }

  async #start(topic: string): Promise<{ mark: number; earliest: number; next: number }> {
    const [info, [mark]] = await Promise.all([
      this.#setting.stream.describe(topic),
      this.#setting.stream.groups.committed(topic, group),
    ])
    const end = info?.ends[0] ?? { earliest: 0, next: 0 }
    return { mark: mark ?? 0, earliest: end.earliest, next: end.next }
  }

  async *#scan(topic: string, from: number, saw: (offset: number) => void): AsyncGenerator<StoredRecord> {
    let next = from
    for (;;) {
      const records = await this.#setting.stream.read(topic, 0, next, readLimit)
      if (records.length === 0) return
      for (const record of records) {
        next = record.offset + 1
        saw(record.offset)
        yield record
      }
    }
  }

  async #hit<Result>(step: 'start' | 'journal', act: () => Promise<Result>): Promise<Result> {
    if (!this.#setting.faults.active) return act()
    await this.#setting.faults.hit(step, 'before')
    const result = await act()
    await this.#setting.faults.hit(step, 'after')
    return result
  }
}
