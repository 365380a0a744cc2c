import type { FastifyInstance, FastifyRequest } from 'fastify'
import { RiskloomError } from '../../engine/error.ts'
import type { ApiKey } from '../../engine/ports/records.ts'
import type { Identity } from '../identity.ts'
import type { Services } from '../services.ts'
import { isServiceApi, serviceHeaders } from '../dify.ts'
import { tokenHash } from '../tokens.ts'
import { recent } from '../recent.ts'

export const sessionCookie = 'riskloom_session'

/** What a route asks of its caller. `public` routes are listed by name in a test. */
export type Access = 'public' | 'viewer' | 'editor' | 'owner' | 'app-key' | 'ingest-key'

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity
  }
  interface FastifyContextConfig {
    access?: Access
  }
}

const rank = { viewer: 0, editor: 1, owner: 2 } as const

/** Refuses every request that its route does not allow. A route without an `access` of its own needs a viewer. */
export function auth(app: FastifyInstance, services: Services, isLocal: (request: FastifyRequest) => boolean): void {
  // A revoked key may work for this long in another process.
  const keys = recent<ApiKey | undefined>(5_000, hash => services.records.access.key(hash))
  app.decorateRequest('identity')
  app.addHook('onRequest', async (request, reply) => {
    if (isServiceApi(request)) serviceHeaders(reply, services.settings.version)
    const access = request.routeOptions.config.access ?? 'viewer'
    if (access === 'public') return
    request.identity = await identify(request)
    allow(request.identity, access, request)
  })

  async function identify(request: FastifyRequest): Promise<Identity> {
    const header = request.headers.authorization
    if (header !== undefined || isServiceApi(request)) return byKey(header)
    if (isLocal(request)) return { kind: 'local', workspace: services.settings.localWorkspace }
    return bySession(request)
  }

  async function byKey(header: string | undefined): Promise<Identity> {
    if (header === undefined || !header.includes(' ')) {
      throw new RiskloomError('unauthorized', "Authorization header must be provided and start with 'Bearer'")
    }
    const space = header.indexOf(' ')
    if (header.slice(0, space).toLowerCase() !== 'bearer') {
      throw new RiskloomError('unauthorized', "Authorization scheme must be 'Bearer'")
    }
    const key = await keys.get(tokenHash(header.slice(space + 1).trim()))
    if (key === undefined) throw new RiskloomError('unauthorized', 'Access token is invalid')
    return { kind: 'key', workspace: key.workspace, scope: key.scope, target: key.target, keyId: key.id }
  }

  async function bySession(request: FastifyRequest): Promise<Identity> {
    const token = request.cookies[sessionCookie]
    if (token === undefined) throw new RiskloomError('unauthorized', 'this needs a session or a key')
    const session = await services.records.access.session(tokenHash(token), services.clock.now())
    if (session === undefined) throw new RiskloomError('unauthorized', 'the session has ended')
    if (request.method !== 'GET' && request.method !== 'HEAD') sameOrigin(request, services.settings.publicUrl)
    const { accountId, workspace, role, account } = session
    return { kind: 'session', workspace, role, accountId, email: account.email }
  }
}

/** A cookie travels with requests that other sites cause; a browser names the site that asks. */
function sameOrigin(request: FastifyRequest, publicUrl: string): void {
  const { origin } = request.headers
  // A proxy may pass another Host on than people type: the public address counts as well.
  const own = [request.host, hostOf(publicUrl)]
  if (origin === undefined || !own.includes(hostOf(origin) ?? '')) {
    throw new RiskloomError('forbidden', `a request from ${origin ?? 'an unknown site'} cannot use this session`)
  }
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).host : undefined
}

function allow(identity: Identity, access: Access, request: FastifyRequest): void {
  if (access === 'app-key')
    return need(identity.kind === 'key' && identity.scope === 'app', 'unauthorized', 'Access token is invalid')
  if (access === 'ingest-key') {
    const source = (request.params as { source?: string }).source ?? null
    const fits =
      identity.kind === 'key' &&
      (identity.scope === 'workspace' || (identity.scope === 'ingest' && identity.target === source))
    return need(fits || identity.kind === 'local', 'forbidden', 'this key does not push to this source')
  }
  if (access === 'public' || identity.kind === 'local') return
  if (identity.kind === 'key') return need(identity.scope === 'workspace', 'forbidden', 'this needs a workspace key')
  need(rank[identity.role] >= rank[access], 'forbidden', `this needs the role ${access}, you are ${identity.role}`)
}

function need(condition: boolean, code: 'unauthorized' | 'forbidden', message: string): void {
  if (!condition) throw new RiskloomError(code, message)
}
