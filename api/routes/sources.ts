import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import { topicOf } from '../../engine/ports/topics.ts'
import { SourceInfo, SourceRequest } from '../../schemas/api/sources.ts'
import type { Source, SourceSettings } from '../../schemas/source.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import type { Services } from '../services.ts'

const tags = ['sources']
const defaultPartitions = 4

export function sourceRoutes(app: FastifyInstance, services: Services): void {
  app.get('/api/sources', { schema: { tags, response: { 200: answerSchema(z.array(SourceInfo)) } } }, async request => {
    const sources = await services.records.workspace(request.identity.workspace).sources.list()
    return Promise.all(sources.map(info))
  })

  app.post(
    '/api/sources',
    {
      config: { access: 'editor' },
      schema: { tags, body: jsonSchema(SourceRequest), response: { 200: answerSchema(SourceInfo) } },
    },
    async request => {
      const body = request.body as z.infer<typeof SourceRequest>
      // A file is read by the server with its own rights: only its operator may name one.
      if (body.file !== undefined && request.identity.kind !== 'local') {
        throw new RiskloomError(
          'forbidden',
          'file: files of this machine are added by its operator with `riskloom sources add`',
        )
      }
      const records = services.records.workspace(request.identity.workspace)
      const settings = settingsOf(body)
      const source = await records.sources.create({
        name: body.name,
        partitions: body.partitions ?? defaultPartitions,
        settings,
        status: settings.kind === 'file' ? 'reading' : 'active',
        demo: false,
        createdAt: services.clock.now(),
      })
      try {
        await services.streams.openSource(source)
      } catch (error) {
        await records.sources.delete(source.name)
        throw error
      }
      return info(source)
    },
  )

  app.delete('/api/sources/:name', { config: { access: 'editor' }, schema: { tags } }, async request => {
    const { name } = request.params as { name: string }
    const records = services.records.workspace(request.identity.workspace)
    const source = await records.sources.get(name)
    if (source === undefined) throw new RiskloomError('not-found', `there is no source ${name}`)
    const user = (await records.pipelines.list()).find(pipeline => pipeline.source === name)
    if (user !== undefined) throw new RiskloomError('conflict', `source ${name} is used by pipeline ${user.id}`)
    await services.streams.closeSource(source)
    await records.sources.delete(name)
    return { ok: true }
  })

  async function info(source: Source): Promise<SourceInfo> {
    const topic = await services.stream.describe(topicOf.source(source))
    const records = topic?.ends.reduce((sum, end) => sum + end.next, 0) ?? 0
    return {
      name: source.name,
      kind: source.settings.kind,
      incarnation: source.incarnation,
      partitions: source.partitions,
      status: source.status,
      error: source.error,
      records,
      lastReceivedAt: await lastReceipt(source, topic?.ends ?? []),
      demo: source.demo,
    }
  }

  async function lastReceipt(
    source: Source,
    ends: readonly { earliest: number; next: number }[],
  ): Promise<number | null> {
    const times = await Promise.all(
      ends.map(async (end, partition) => {
        if (end.next === end.earliest) return undefined
        const [last] = await services.stream.read(topicOf.source(source), partition, end.next - 1, { records: 1 })
        return last?.timestamp
      }),
    )
    const known = times.filter(time => time !== undefined)
    return known.length === 0 ? null : Math.max(...known)
  }
}

function settingsOf(body: z.infer<typeof SourceRequest>): SourceSettings {
  const { file } = body
  if (file === undefined) return { kind: 'http', eventType: body.eventType ?? null }
  const format = file.format ?? formatOf(file.path)
  return { kind: 'file', path: file.path, format, eventType: file.eventType ?? 'report', map: file.map }
}

function formatOf(path: string): 'csv' | 'jsonl' {
  const name = path.toLowerCase().replace(/\.gz$/, '')
  if (name.endsWith('.csv')) return 'csv'
  if (/\.(jsonl|ndjson)$/.test(name)) return 'jsonl'
  throw new RiskloomError('invalid-request', `file.format: cannot tell from ${path}; say csv or jsonl`, {
    details: { field: 'file.format', value: path },
  })
}
