import { appendFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Analytics } from '../../engine/ports/analytics.ts'
import type { Blobs } from '../../engine/ports/blobs.ts'
import type { Sandbox } from '../../engine/ports/sandbox.ts'
import type { Stream } from '../../engine/ports/stream.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { pipelines, type PipelineServices } from '../../pipelines/index.ts'
import { parseFaults } from '../../platform/faults.ts'
import type { FaultOutcome } from './fault-ledger.ts'
import { openTwins } from './twins.ts'

/**
 * A process that takes the prepared pipeline of a folder to its end and writes what the stores then hold:
 * `FAULT=… node --import tsx fault-child.ts FOLDER CALLS OUTCOME [kill point of the archive | changing-tokens] [MODEL_ADDRESS]`
 */
const [folder = '', calls = '', outcome = '', mode = '', modelAddress = ''] = process.argv.slice(2)
const workspace = 'acme'
const pipeline = 'posts-triage'

/** The outside world: every call is a line in a file before it is answered. */
const sandbox: Sandbox = {
  engine: 'test',
  shared: false,
  languages: ['javascript'],
  check: () => Promise.resolve(),
  close: () => Promise.resolve(),
  async run(request) {
    const { text } = JSON.parse(request.inputs) as { text: string } // inputs of the test's own app
    appendFileSync(calls, `${JSON.stringify(text)}\n`)
    await sleep(1)
    if (text.includes('breaks')) return { ok: false, kind: 'error', message: 'scripted failure', ms: 1 }
    return { ok: true, outputs: JSON.stringify({ label: text.includes('spam') ? 'spam' : 'none', score: 0.9 }), ms: 1 }
  },
}

const twins = await openTwins({
  folder,
  sandbox,
  faults: parseFaults(process.env['FAULT']),
  ...(modelAddress === '' ? {} : { modelAddress }),
})
const services = { ...twins.services, ...wrapped(twins.services, mode) }
const streams = pipelines(services)
await streams.runner.start()
process.stdout.write('running\n')
await settled()
await writeFile(outcome, JSON.stringify(await collect()))
await streams.runner.stop()
await twins.close()
process.exit(0)

/** Kill points of the archive, which has no steps of its own in the table of faults, and the build that does not deduplicate. */
function wrapped(inner: PipelineServices, wanted: string): { analytics?: Analytics; blobs?: Blobs; stream?: Stream } {
  const { analytics, blobs, stream } = inner
  if (wanted === 'changing-tokens') {
    return {
      analytics: {
        ...analytics,
        insert: (table, rows, token) => analytics.insert(table, rows, `${token}/${process.pid}`),
      },
    }
  }
  const [point = '', moment = ''] = wanted.split(':')
  async function killing<Result>(applies: boolean, work: () => Promise<Result>): Promise<Result> {
    if (!applies) return work()
    if (moment === 'before') process.kill(process.pid, 'SIGKILL')
    const result = await work()
    if (moment === 'after') process.kill(process.pid, 'SIGKILL')
    return result
  }
  const { groups } = stream
  return {
    analytics: {
      ...analytics,
      insert: (table, rows, token) =>
        killing(point === 'archive-insert' && table === 'events', () => analytics.insert(table, rows, token)),
    },
    blobs: {
      ...blobs,
      put: (path, bytes) =>
        killing(point === 'archive-plan' && path.includes('/archive/source.'), () => blobs.put(path, bytes)),
    },
    stream: {
      ...stream,
      groups: {
        ...groups,
        commit: (topic, group, offsets) =>
          killing(point === 'archive-commit' && group === 'archive' && topic.includes('/source.'), () =>
            groups.commit(topic, group, offsets),
          ),
      },
    },
  }
}

async function settled(): Promise<void> {
  const topic = topicOf.source({ workspace, name: 'posts', incarnation: 1 })
  const { plans } = services.records.workspace(workspace)
  for (;;) {
    const total = (await services.stream.describe(topic))?.ends.reduce((sum, end) => sum + end.next, 0)
    const counts = await plans.counts(pipeline)
    const archived = (await services.stream.groups.committed(topic, 'archive')).reduce<number>(
      (sum, offset) => sum + (offset ?? 0),
      0,
    )
    if (counts.read === total && (await plans.open(pipeline)).length === 0 && archived === total) break
    const state = await services.records.workspace(workspace).pipelines.get(pipeline)
    if (state?.status === 'failed') throw new Error(`the pipeline failed: ${state.error}`)
    await sleep(30)
  }
  // The last commit of offsets follows the last plan.
  await streams.pause(workspace, pipeline)
}

/** Plain SQL and plain reads: nothing of the product's own accounting but the audit, which is checked against the rest. */
async function collect(): Promise<FaultOutcome> {
  const { analytics, stream } = services
  const topic = topicOf.source({ workspace, name: 'posts', incarnation: 1 })
  const deadLetters = await stream.read(topicOf.deadLetters(workspace, pipeline), 0, 0, { records: 100_000 })
  return {
    decisions: await analytics.query(workspace, {
      sql: `SELECT partition, toUInt32(offset) AS offset, status, event_id AS eventId, payload_hash AS payloadHash,
              duplicate_of AS duplicateOf, run_id AS runId, version_id AS versionId, attempts
            FROM decisions WHERE workspace = {workspace:String}`,
    }),
    events: await analytics.query(workspace, {
      sql: 'SELECT partition, toUInt32(offset) AS offset, payload FROM events WHERE workspace = {workspace:String}',
    }),
    runs: await analytics.query(workspace, {
      sql: 'SELECT run_id AS runId FROM runs WHERE workspace = {workspace:String}',
    }),
    nodeRuns: await analytics.query(workspace, {
      sql: 'SELECT id, run_id AS runId FROM node_runs WHERE workspace = {workspace:String}',
    }),
    rollup: Number(
      (
        await analytics.query<{ total: string }>(workspace, {
          sql: 'SELECT sum(decisions) AS total FROM decisions_by_minute WHERE workspace = {workspace:String}',
        })
      )[0]?.total,
    ),
    deadLetters: deadLetters.map(record => record.key ?? ''),
    committed: (await stream.groups.committed(topic, `pipelines.${pipeline}`)).map(offset => offset ?? 0),
    audit: await streams.audit(workspace, pipeline),
  }
}
