import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import { AppSummary, ImportRequest, ImportResult, PublishRequest, VersionSummary } from '../../schemas/api/apps.ts'
import type { App } from '../../schemas/app.ts'
import { importApp } from '../actions/import-app.ts'
import { publish } from '../actions/publish.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import { authorOf } from '../identity.ts'
import type { RouteServices } from '../route-services.ts'

const tags = ['apps']

export function appRoutes(app: FastifyInstance, services: RouteServices): void {
  app.get('/api/apps', { schema: { tags, response: { 200: answerSchema(z.array(AppSummary)) } } }, async request => {
    const { apps } = services.records.workspace(request.identity.workspace)
    return Promise.all(
      (await apps.list()).map(async found => summary(found, await number(request.identity.workspace, found))),
    )
  })

  app.post(
    '/api/apps/import',
    { config: { access: 'editor' }, schema: { tags, body: jsonSchema(ImportRequest) } },
    async (request, reply) => {
      const body = request.body as z.infer<typeof ImportRequest>
      const result: ImportResult = await importApp(services, request.identity.workspace, {
        ...body,
        author: authorOf(request.identity),
      })
      if (result.appId !== null) services.inForce.forget(request.identity.workspace, result.appId)
      if (result.status === 'failed')
        throw new RiskloomError('invalid-document', result.error, { details: { ...result } })
      return reply.code(result.status === 'pending' ? 202 : 200).send(result)
    },
  )

  app.get('/api/apps/:id', { schema: { tags } }, async request => {
    const found = await load(request.identity.workspace, (request.params as { id: string }).id)
    return { ...summary(found, await number(request.identity.workspace, found)), draft: found.draft }
  })

  app.get(
    '/api/apps/:id/versions',
    { schema: { tags, response: { 200: answerSchema(z.array(VersionSummary)) } } },
    async request => {
      const { workspace } = request.identity
      const { id } = await load(workspace, (request.params as { id: string }).id)
      return services.records.workspace(workspace).apps.versions(id)
    },
  )

  app.post(
    '/api/apps/:id/publish',
    {
      config: { access: 'editor' },
      schema: { tags, body: jsonSchema(PublishRequest), response: { 200: answerSchema(VersionSummary) } },
    },
    async request => {
      const { note } = request.body as z.infer<typeof PublishRequest>
      const { id } = request.params as { id: string }
      const { workspace } = request.identity
      const version = await publish(services, workspace, id, { author: authorOf(request.identity), note })
      services.inForce.forget(workspace, id)
      return version
    },
  )

  app.delete('/api/apps/:id', { config: { access: 'editor' }, schema: { tags } }, async request => {
    const { workspace } = request.identity
    const { id } = await load(workspace, (request.params as { id: string }).id)
    const records = services.records.workspace(workspace)
    const user = (await records.pipelines.list()).find(pipeline => pipeline.appId === id)
    if (user !== undefined) throw new RiskloomError('conflict', `app ${id} is used by pipeline ${user.id}`)
    await records.apps.delete(id)
    return { ok: true }
  })

  async function load(workspace: string, id: string): Promise<App> {
    const found = await services.records.workspace(workspace).apps.get(id)
    if (found === undefined) throw new RiskloomError('not-found', `there is no app ${id}`)
    return found
  }

  async function number(workspace: string, found: App): Promise<number | null> {
    if (found.publishedVersion === null) return null
    return (await services.records.workspace(workspace).apps.version(found.publishedVersion))?.number ?? null
  }
}

function summary(app: App, publishedNumber: number | null): AppSummary {
  const { id, name, description, mode, icon, publishedVersion, updatedAt } = app
  return { id, name, description, mode, icon, publishedVersion, publishedNumber, updatedAt }
}
