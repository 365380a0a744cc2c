import type { FastifyInstance } from 'fastify'
import { newestQuery } from '../../engine/situation/ledger.ts'
import type { Audit } from '../../schemas/api/pipelines.ts'
import { Status } from '../../schemas/api/status.ts'
import { answerSchema } from '../contract.ts'
import { recent } from '../recent.ts'
import type { Services } from '../services.ts'

/** How far back the newest event is looked for. */
const searchedMs = 30 * 86_400_000

export function statusRoutes(app: FastifyInstance, services: Services): void {
  // Many open pages ask every second; counting once for all of them is enough.
  const ledgers = recent<Audit>(1_000, workspace => ledger(workspace))

  app.get('/api/status', { schema: { tags: ['status'], response: { 200: answerSchema(Status) } } }, async request => {
    const { workspace } = request.identity
    const records = services.records.workspace(workspace)
    const sources = await records.sources.list()
    return {
      workspace,
      version: services.settings.version,
      now: services.clock.now(),
      demo: sources.some(source => source.demo),
      backfill: await services.backfill(workspace),
      ledger: await ledgers.get(workspace),
      dataUntil: await dataUntil(workspace),
    }
  })

  async function ledger(workspace: string): Promise<Audit> {
    const pipelines = await services.records.workspace(workspace).pipelines.list()
    const audits = await Promise.all(pipelines.map(pipeline => services.streams.audit(workspace, pipeline.id)))
    const sum = (field: 'read' | 'decided' | 'deadLettered' | 'filtered' | 'duplicates' | 'gaps' | 'inFlight') =>
      audits.reduce((total, audit) => total + audit[field], 0)
    return {
      pipeline: '*',
      read: sum('read'),
      decided: sum('decided'),
      deadLettered: sum('deadLettered'),
      filtered: sum('filtered'),
      duplicates: sum('duplicates'),
      gaps: sum('gaps'),
      inFlight: sum('inFlight'),
      ok: audits.every(audit => audit.ok),
    }
  }

  async function dataUntil(workspace: string): Promise<number | null> {
    const since = services.clock.now() - searchedMs
    const [row] = await services.analytics.query<{ newest: number | null }>(workspace, newestQuery(since))
    return row?.newest ?? null
  }
}
