import type { FastifyInstance } from 'fastify'
import { loadNewest } from '../../engine/situation/ledger.ts'
import { Status, type Ledger } from '../../schemas/api/status.ts'
import { loadLedger } from '../actions/ledger.ts'
import { answerSchema } from '../contract.ts'
import { recent } from '../recent.ts'
import type { Services } from '../services.ts'

export function statusRoutes(app: FastifyInstance, services: Services): void {
  // Many open pages ask every second; counting once for all of them is enough.
  const ledgers = recent<Ledger>(1_000, workspace => loadLedger(services, workspace))

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
      dataUntil: await loadNewest(services.analytics, workspace, services.clock.now()),
    }
  })
}
