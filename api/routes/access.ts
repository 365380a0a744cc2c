import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import { Me, LoginLink, PasswordRequest, SignInRequest } from '../../schemas/api/access.ts'
import { answerSchema, jsonSchema } from '../contract.ts'
import { sessionCookie } from '../plugins/auth.ts'
import type { Services } from '../services.ts'
import { checkPassword, hashPassword, newToken, tokenHash } from '../tokens.ts'

const day = 86_400_000
const sessionMs = 14 * day
export const loginLinkMs = day
const tags = ['access']

/** A fresh one-time link; the plain token exists only in the answer. */
export async function newLoginLink(
  services: Pick<Services, 'records' | 'clock' | 'settings'>,
  accountId: string,
  workspace: string,
) {
  const token = newToken('')
  const expiresAt = services.clock.now() + loginLinkMs
  await services.records.access.addLoginLink(tokenHash(token), accountId, workspace, expiresAt)
  return { url: `${services.settings.publicUrl}/login?token=${token}`, expiresAt }
}

export function accessRoutes(app: FastifyInstance, services: Services): void {
  const { access } = services.records
  const limited = { access: 'public' as const, rateLimit: { max: 10, timeWindow: 60_000 } }

  app.get('/login', { config: limited, schema: { hide: true } }, async (request, reply) => {
    const { token = '' } = request.query as { token?: string }
    const found = token === '' ? undefined : await access.takeLoginLink(tokenHash(token), services.clock.now())
    // A link that was used already still leads to the page: whoever has a session sees it, others are told how to get in.
    if (found !== undefined) await open(request, reply, found.accountId, found.workspace)
    return reply.redirect(found === undefined ? '/sign-in?link=used' : '/')
  })

  app.post(
    '/api/sign-in',
    { config: limited, schema: { tags, body: jsonSchema(SignInRequest) } },
    async (request, reply) => {
      const { email, password } = request.body as z.infer<typeof SignInRequest>
      const account = await access.account(email.trim().toLowerCase())
      const right = await checkPassword(password, account?.passwordHash ?? null)
      if (!right || account === undefined) throw new RiskloomError('unauthorized', 'e-mail or password is wrong')
      const [workspace] = await access.memberships(account.id)
      if (workspace === undefined) throw new RiskloomError('forbidden', 'this account is a member of no workspace')
      await open(request, reply, account.id, workspace)
      return { ok: true }
    },
  )

  app.post('/api/sign-out', { schema: { tags } }, async (request, reply) => {
    const token = request.cookies[sessionCookie]
    if (token !== undefined) await access.endSession(tokenHash(token))
    return reply.clearCookie(sessionCookie, { path: '/' }).send({ ok: true })
  })

  app.get('/api/me', { schema: { tags, response: { 200: answerSchema(Me) } } }, async request => {
    const { identity } = request
    if (identity.kind !== 'session')
      return { workspace: identity.workspace, role: 'owner', email: '', name: identity.kind, hasPassword: false }
    const account = await access.account(identity.email)
    const { workspace, role, email } = identity
    return { workspace, role, email, name: account?.name ?? '', hasPassword: account?.passwordHash != null }
  })

  app.post('/api/me/password', { schema: { tags, body: jsonSchema(PasswordRequest) } }, async request => {
    const { identity } = request
    const { current, password } = request.body as z.infer<typeof PasswordRequest>
    if (identity.kind !== 'session') throw new RiskloomError('forbidden', 'a key has no password')
    const account = await access.account(identity.email)
    if (account?.passwordHash != null && !(await checkPassword(current ?? '', account.passwordHash))) {
      throw new RiskloomError('forbidden', 'current: this is not the password in force', {
        details: { field: 'current' },
      })
    }
    const session = request.cookies[sessionCookie] ?? ''
    await access.setPassword(identity.accountId, await hashPassword(password), tokenHash(session))
    return { ok: true }
  })

  app.post(
    '/api/login-links',
    { config: { access: 'owner' }, schema: { tags, response: { 200: answerSchema(LoginLink) } } },
    async request => {
      const { workspace } = request.identity
      const accountId =
        request.identity.kind === 'session'
          ? request.identity.accountId
          : (await access.ensureOwner(workspace, ownerEmail, services.clock.now())).id
      return newLoginLink(services, accountId, workspace)
    },
  )

  async function open(
    request: FastifyRequest,
    reply: FastifyReply,
    accountId: string,
    workspace: string,
  ): Promise<void> {
    const token = newToken('')
    await access.addSession(tokenHash(token), { accountId, workspace, expiresAt: services.clock.now() + sessionMs })
    const secure = request.protocol === 'https'
    void reply.setCookie(sessionCookie, token, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
      maxAge: sessionMs / 1_000,
    })
  }
}

/** The first account, until somebody names it otherwise. */
export const ownerEmail = 'owner@localhost'
