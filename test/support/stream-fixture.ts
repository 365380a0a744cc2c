import { PipelineSettings, type Pipeline, type PipelineStatus } from '../../schemas/pipeline.ts'
import type { Source, SourceSettings } from '../../schemas/source.ts'
import { pipelines, type Pipelines, type PipelineServices } from '../../pipelines/index.ts'
import { publishApp } from './triage-app.ts'

export const workspace = 'acme'

export interface StreamFixture {
  readonly streams: Pipelines
  addSource(name: string, settings?: SourceSettings, partitions?: number): Promise<Source>
  addPipeline(id: string, source: Source, settings?: Partial<PipelineSettings>): Promise<Pipeline>
  /** Waits until the pipeline has this status; the error tells where it stands. */
  untilStatus(id: string, status: PipelineStatus): Promise<Pipeline>
  /** Waits until so many events of the pipeline are terminal. */
  untilSettled(id: string, count: number): Promise<void>
  /** Polls for at most as long as the fixture’s patience. */
  until(what: string, holds: () => Promise<boolean>): Promise<void>
  rows<Row>(sql: string): Promise<Row[]>
}

/** A workspace with the app of the document in force. `patienceMs` bounds every wait. */
export async function streamFixture(
  services: PipelineServices,
  document: string,
  patienceMs = 60_000,
): Promise<StreamFixture> {
  const { analytics, clock, ids, records } = services
  await records.access.ensureOwner(workspace, 'owner@example.org', clock.now())
  const mine = records.workspace(workspace)
  await publishApp(mine, document, ids.uuid(), clock.now())
  const streams = pipelines(services)

  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + patienceMs
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`not in time: ${what}`)
      await clock.sleep(20)
    }
  }

  return {
    streams,
    async addSource(name, settings = { kind: 'http', eventType: null }, partitions = 2) {
      const status = settings.kind === 'file' ? 'reading' : 'active'
      const source = await mine.sources.create({
        name,
        partitions,
        settings,
        status,
        demo: false,
        createdAt: clock.now(),
      })
      await streams.openSource(source)
      return source
    },
    addPipeline: (id, source, settings = {}) =>
      mine.pipelines.create({
        id,
        source: source.name,
        incarnation: source.incarnation,
        appId: 'triage',
        versionId: null,
        settings: PipelineSettings.parse({ batchWaitMs: 20, ...settings }),
        status: 'paused',
        createdAt: clock.now(),
      }),
    async untilStatus(id, status) {
      await until(`${id} is ${status}`, async () => (await mine.pipelines.get(id))?.status === status)
      const pipeline = await mine.pipelines.get(id)
      if (pipeline === undefined) throw new Error(`${id} is gone`)
      return pipeline
    },
    untilSettled: (id, count) =>
      until(`${count} events of ${id} are terminal`, async () => {
        const counts = await mine.plans.counts(id)
        return counts.read >= count && counts.inFlight === 0 && (await mine.plans.open(id)).length === 0
      }),
    until,
    rows: sql => analytics.query(workspace, { sql }),
  }
}

export function event(id: string, text: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return { specversion: '1.0', id, source: 'test', type: 'report', data: { text, surface: 'post' }, ...extra }
}

/** Events of which every fourth is spam, with ids from the prefix. */
export function hellos(prefix: string, count: number): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) =>
    event(`${prefix}-${index}`, index % 4 === 0 ? 'buy spam' : 'hello'),
  )
}
