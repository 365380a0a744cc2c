import type { FastifyInstance } from 'fastify'
import { messageOf, RiskloomError } from '../../engine/error.ts'
import type { Services } from '../services.ts'

const maxItems = 10_000

/**
 * HTTP push: one CloudEvent (`application/cloudevents+json` or `application/json`), a JSON array of them
 * (`application/cloudevents-batch+json`), or one per line (`application/x-ndjson`).
 * What is accepted is durable when the answer comes; what is not is named with its index.
 */
export function ingestRoutes(app: FastifyInstance, services: Services): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    const text = { parseAs: 'string' as const, bodyLimit: services.settings.ingestLimit }
    scope.addContentTypeParser(
      ['application/json', 'application/cloudevents+json', 'application/cloudevents-batch+json'],
      text,
      (_request, body, next) => attempt(next, () => whole(textOf(body))),
    )
    scope.addContentTypeParser(['application/x-ndjson', 'application/jsonl'], text, (_request, body, next) =>
      attempt(next, () => lines(textOf(body))),
    )

    scope.post(
      '/ingest/:source',
      { bodyLimit: services.settings.ingestLimit, config: { access: 'ingest-key' }, schema: { tags: ['ingest'] } },
      async (request, reply) => {
        const { source: name } = request.params as { source: string }
        const source = await services.records.workspace(request.identity.workspace).sources.get(name)
        if (source === undefined || source.settings.kind !== 'http')
          throw new RiskloomError('not-found', `there is no source ${name} that takes pushed events`)
        if (!isParsed(request.body)) throw new RiskloomError('invalid-request', 'the body is empty; send an event')
        const { items, rejected } = request.body
        const sent = items.length + rejected.length
        if (sent > maxItems) {
          throw new RiskloomError('body-too-large', `${sent} events at once; at most ${maxItems}`, {
            details: { limit: maxItems },
          })
        }
        const answer = await services.streams.ingest(
          source,
          items.map(item => item.value),
        )
        const refused = [
          ...rejected,
          ...answer.rejected.map(entry => ({ ...entry, index: items[entry.index]?.index ?? entry.index })),
        ]
        return reply.code(answer.accepted > 0 || sent === 0 ? 202 : 422).send(answerBody(answer.accepted, refused))
      },
    )
    done()
  })
}

interface Refused {
  readonly index: number
  readonly field: string
  readonly message: string
}

/** A body that was read: its items with their places, and the lines that are no JSON. */
interface Parsed {
  readonly items: readonly { readonly index: number; readonly value: unknown }[]
  readonly rejected: readonly Refused[]
}

function isParsed(body: unknown): body is Parsed {
  return typeof body === 'object' && body !== null && 'items' in body && 'rejected' in body
}

/** All refused: the answer is an error like any other, with the list in it. */
function answerBody(accepted: number, refused: readonly Refused[]): object {
  const result = { accepted, rejected: refused.length, errors: refused }
  const [first] = refused
  if (accepted > 0 || first === undefined) return result
  return { code: 'invalid-event', message: `event ${first.index}: ${first.message}`, ...result }
}

function whole(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text)
    const values: unknown[] = Array.isArray(value) ? value : [value]
    return { items: values.map((item, index) => ({ index, value: item })), rejected: [] }
  } catch (error) {
    throw new RiskloomError('invalid-request', `the body is no JSON: ${messageOf(error)}`, {
      details: { field: 'body' },
    })
  }
}

/** A line that is no JSON is one refused item; the others go in. */
function lines(text: string): Parsed {
  const items: { index: number; value: unknown }[] = []
  const rejected: Refused[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    try {
      items.push({ index, value: JSON.parse(line) })
    } catch {
      rejected.push({ index, field: '', message: `the line is no JSON: ${line.slice(0, 80)}` })
    }
  }
  return { items, rejected }
}

function attempt(next: (error: Error | null, body?: unknown) => void, parse: () => Parsed): void {
  try {
    next(null, parse())
  } catch (error) {
    next(error instanceof Error ? error : new Error(String(error)))
  }
}

/** `parseAs: 'string'` gives text. */
function textOf(body: unknown): string {
  return typeof body === 'string' ? body : ''
}
