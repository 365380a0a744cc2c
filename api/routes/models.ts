import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import type { ModelRecord } from '../../engine/ports/records.ts'
import { ModelInfo, ModelRequest } from '../../schemas/api/models.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import type { Services } from '../services.ts'

const tags = ['models']

export function modelRoutes(app: FastifyInstance, services: Services): void {
  app.get('/api/models', { schema: { tags, response: { 200: answerSchema(z.array(ModelInfo)) } } }, async request =>
    (await services.records.workspace(request.identity.workspace).models.list()).map(info),
  )

  app.post(
    '/api/models',
    {
      config: { access: 'owner' },
      schema: { tags, body: jsonSchema(ModelRequest), response: { 200: answerSchema(ModelInfo) } },
    },
    async request => {
      const model = request.body as z.infer<typeof ModelRequest>
      const { workspace } = request.identity
      const record: ModelRecord = {
        kind: model.kind,
        name: model.name,
        provider: model.provider,
        baseUrl: httpUrl(model.baseUrl),
        apiKeySealed: model.apiKey === undefined ? null : await services.secrets.seal(workspace, model.apiKey),
        promptPrice: model.promptPrice ?? null,
        completionPrice: model.completionPrice ?? null,
      }
      await services.records.workspace(workspace).models.save(record)
      return info(record)
    },
  )

  app.delete('/api/models/:name', { config: { access: 'owner' }, schema: { tags } }, async request => {
    const { name } = request.params as { name: string }
    const gone = await services.records.workspace(request.identity.workspace).models.delete(name)
    if (!gone) throw new RiskloomError('not-found', `there is no model ${name}`)
    return { ok: true }
  })
}

function httpUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new RiskloomError(
      'invalid-request',
      `baseUrl must be an http or https address without user and password, got ${text}`,
      {
        details: { field: 'baseUrl', value: text },
      },
    )
  }
  return text.replace(/\/+$/, '')
}

function info(record: ModelRecord): ModelInfo {
  const { apiKeySealed, ...rest } = record
  return { ...rest, hasKey: apiKeySealed !== null }
}
