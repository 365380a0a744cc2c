import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import { KeyInfo, KeyRequest, NewKey } from '../../schemas/api/access.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import type { Services } from '../services.ts'
import { newToken, tokenHash } from '../tokens.ts'

const prefixes = { app: 'app-', workspace: 'rl-', ingest: 'in-' } as const
const tags = ['keys']

export function keyRoutes(app: FastifyInstance, services: Services): void {
  const { access } = services.records

  app.get(
    '/api/keys',
    { config: { access: 'owner' }, schema: { tags, response: { 200: answerSchema(z.array(KeyInfo)) } } },
    request => access.keys(request.identity.workspace),
  )

  app.post(
    '/api/keys',
    {
      config: { access: 'owner' },
      schema: { tags, body: jsonSchema(KeyRequest), response: { 200: answerSchema(NewKey) } },
    },
    async request => {
      const { scope, target } = request.body as z.infer<typeof KeyRequest>
      const { workspace } = request.identity
      await checkTarget(workspace, scope, target)
      const key = newToken(prefixes[scope])
      const info = {
        id: services.ids.uuid(),
        workspace,
        scope,
        target: target ?? null,
        prefix: key.slice(0, 8),
        createdAt: services.clock.now(),
      }
      await access.addKey(tokenHash(key), info)
      return { ...info, key }
    },
  )

  app.delete('/api/keys/:id', { config: { access: 'owner' }, schema: { tags } }, async request => {
    const { id } = request.params as { id: string }
    if (!(await access.revokeKey(request.identity.workspace, id)))
      throw new RiskloomError('not-found', `there is no key ${id}`)
    return { ok: true }
  })

  async function checkTarget(
    workspace: string,
    scope: 'app' | 'workspace' | 'ingest',
    target: string | undefined,
  ): Promise<void> {
    if (scope === 'workspace') return
    if (target === undefined) {
      throw new RiskloomError(
        'invalid-request',
        `target: a key of scope ${scope} names its ${scope === 'app' ? 'app' : 'source'}`,
        {
          details: { field: 'target' },
        },
      )
    }
    const records = services.records.workspace(workspace)
    const found = scope === 'app' ? await records.apps.get(target) : await records.sources.get(target)
    if (found === undefined)
      throw new RiskloomError('not-found', `target: there is no ${scope === 'app' ? 'app' : 'source'} ${target}`)
  }
}
