import { describe, expect, it } from 'vitest'
import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Durable } from '../../engine/ports/durable.ts'
import { runDetail } from '../../engine/presenters/dify-workflow.ts'
import { findRun } from './find-run.ts'

const row = {
  runId: 'r1',
  appId: 'a',
  versionId: 'v',
  purpose: 'live',
  user: 'u1',
  status: 'succeeded',
  inputs: '{"n":1.0}',
  outputs: '{"n":1.0,"m":1,"long":9007199254740993}',
  error: null,
  errorNode: null,
  verdict: '',
  startedAt: 1_000,
  finishedAt: 2_000,
  elapsedMs: 1_000,
  steps: 2,
  exceptions: 0,
  tokens: 0,
  cost: 0,
}

/** A durable side that has forgotten the run, and analytics that hold its row. */
const services = {
  durable: { get: () => Promise.resolve(undefined) } as Partial<Durable> as Durable,
  analytics: {
    query: (_workspace: string, { sql }: { sql: string }) => Promise.resolve(sql.includes('FROM runs') ? [row] : []),
  } as Partial<Analytics> as Analytics,
}

describe('a run that only analytics remember', () => {
  it('is told with the numbers it had', async () => {
    const run = await findRun(services, 'main', 'r1')
    if (run === undefined) throw new Error('not found')
    expect(runDetail(run)).toContain('"outputs":{"n":1.0,"m":1,"long":9007199254740993}')
    expect(runDetail(run)).toContain(String.raw`\"n\": 1.0`)
  })
})
