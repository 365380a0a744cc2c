import { expect, it } from 'vitest'
import type { NewRecord, Stream } from '../engine/ports/stream.ts'
import type { Source } from '../schemas/source.ts'
import { maxDepth } from './decode.ts'
import { appendEvents } from './ingest.ts'

const source: Source = {
  v: 1,
  workspace: 'acme',
  name: 'posts',
  incarnation: 1,
  partitions: 1,
  settings: { kind: 'http', eventType: null },
  status: 'active',
  error: null,
  demo: false,
  createdAt: 1,
}

/** An event that is nested so many levels deep, itself and its data counted. */
function nested(levels: number): unknown {
  let value: unknown = 'x'
  for (let level = 2; level < levels; level += 1) value = [value]
  return { specversion: '1.0', id: `e-${levels}`, source: 'test', type: 'custom', data: { value } }
}

it('refuses an item that is nested too deep, by its index and field, and takes the others', async () => {
  const appended: NewRecord[] = []
  const append: Stream['append'] = (_, records) => {
    appended.push(...records)
    return Promise.resolve([])
  }
  const stream = { append } as Stream // of the stream nothing else is used
  const answer = await appendEvents(stream, source, [nested(20_000), nested(maxDepth), nested(maxDepth + 1)])
  const message = 'data is nested deeper than 64 levels'
  expect(answer).toEqual({
    accepted: 1,
    rejected: [
      { index: 0, field: 'data', message },
      { index: 2, field: 'data', message },
    ],
  })
  expect(appended.map(({ value }) => JSON.parse(Buffer.from(value).toString()) as unknown)).toEqual([nested(maxDepth)])
})
