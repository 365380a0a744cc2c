import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import { Audit, PipelineInfo, PipelineRequest } from '../../schemas/api/pipelines.ts'
import { PipelineSettings, type Pipeline } from '../../schemas/pipeline.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import type { Services } from '../services.ts'

const tags = ['pipelines']

export function pipelineRoutes(app: FastifyInstance, services: Services): void {
  const { streams } = services

  app.get(
    '/api/pipelines',
    { schema: { tags, response: { 200: answerSchema(z.array(PipelineInfo)) } } },
    async request => {
      const pipelines = await services.records.workspace(request.identity.workspace).pipelines.list()
      return Promise.all(pipelines.map(pipeline => streams.describe(pipeline)))
    },
  )

  app.post(
    '/api/pipelines',
    {
      config: { access: 'editor' },
      schema: { tags, body: jsonSchema(PipelineRequest), response: { 200: answerSchema(PipelineInfo) } },
    },
    async request => {
      const body = request.body as z.infer<typeof PipelineRequest>
      const pipeline = await create(request.identity.workspace, body)
      if (body.run) await streams.start(pipeline.workspace, pipeline.id)
      return streams.describe(await load(pipeline.workspace, pipeline.id))
    },
  )

  const one = { config: { access: 'editor' as const }, schema: { tags, response: { 200: answerSchema(PipelineInfo) } } }

  app.post('/api/pipelines/:id/start', one, async request => {
    const { workspace, id } = target(request)
    await load(workspace, id)
    await streams.start(workspace, id)
    return streams.describe(await load(workspace, id))
  })

  app.post('/api/pipelines/:id/pause', one, async request => {
    const { workspace, id } = target(request)
    await load(workspace, id)
    await streams.pause(workspace, id)
    return streams.describe(await load(workspace, id))
  })

  app.get('/api/audit', { schema: { tags, response: { 200: answerSchema(z.array(Audit)) } } }, async request => {
    const { workspace } = request.identity
    const pipelines = await services.records.workspace(workspace).pipelines.list()
    return Promise.all(pipelines.map(pipeline => streams.audit(workspace, pipeline.id)))
  })

  app.get('/api/audit/:id', { schema: { tags, response: { 200: answerSchema(Audit) } } }, async request => {
    const { workspace, id } = target(request)
    await load(workspace, id)
    return streams.audit(workspace, id)
  })

  async function load(workspace: string, id: string): Promise<Pipeline> {
    const pipeline = await services.records.workspace(workspace).pipelines.get(id)
    if (pipeline === undefined) throw new RiskloomError('not-found', `there is no pipeline ${id}`)
    return pipeline
  }

  async function create(workspace: string, body: z.infer<typeof PipelineRequest>): Promise<Pipeline> {
    const records = services.records.workspace(workspace)
    const source = await records.sources.get(body.source)
    if (source === undefined) throw new RiskloomError('not-found', `source: there is no source ${body.source}`)
    const bound = await records.apps.get(body.appId)
    if (bound === undefined) throw new RiskloomError('not-found', `appId: there is no app ${body.appId}`)
    if (bound.publishedVersion === null)
      throw new RiskloomError('app-not-published', `appId: app ${body.appId} has no published version`)
    return records.pipelines.create({
      id: body.id ?? `${body.source}-${body.appId}`.slice(0, 63).replace(/-+$/, ''),
      source: source.name,
      incarnation: source.incarnation,
      appId: bound.id,
      versionId: null,
      settings: PipelineSettings.parse(body.settings ?? {}),
      status: 'paused',
      createdAt: services.clock.now(),
    })
  }
}

function target(request: { identity: { workspace: string }; params: unknown }): { workspace: string; id: string } {
  return { workspace: request.identity.workspace, id: (request.params as { id: string }).id }
}
