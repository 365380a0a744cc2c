import cookie from '@fastify/cookie'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { createServer, type Server } from 'node:http'
import { auth } from './plugins/auth.ts'
import { dashboard } from './plugins/dashboard.ts'
import { errors } from './plugins/errors.ts'
import { securityHeaders } from './plugins/security-headers.ts'
import { validation } from './plugins/validation.ts'
import { routes } from './routes/index.ts'
import { inForceLookup } from './in-force.ts'
import type { RouteServices } from './route-services.ts'
import type { Services } from './services.ts'

/** The HTTP surface on two doors: TCP for everybody, a private socket for the operator of this machine. */
export interface ApiServer {
  readonly app: FastifyInstance
  /** Serves requests that arrive on the private socket. */
  readonly local: Server
}

export async function apiServer(services: Services): Promise<ApiServer> {
  const app = fastify({
    bodyLimit: services.settings.bodyLimit,
    trustProxy: services.settings.trustProxy,
    genReqId: () => services.ids.uuid(),
    routerOptions: { maxParamLength: 512 },
    requestTimeout: 120_000,
    // At a stop, requests under way are answered; whoever stops us ends those that take too long.
    forceCloseConnections: 'idle',
  })
  const local = createServer((request, response) => app.routing(request, response))
  const isLocal = (request: FastifyRequest): boolean => localSockets.has(request.raw.socket)
  const localSockets = new WeakSet<object>()
  local.on('connection', socket => localSockets.add(socket))

  validation(app)
  errors(app, services.telemetry)
  await app.register(cookie)
  await securityHeaders(app)
  await app.register(rateLimit, { global: false })
  await app.register(swagger, { openapi: openapiHead(services.settings.version) })
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true })
  auth(app, services, isLocal)
  const shared: RouteServices = { ...services, inForce: inForceLookup(services.records) }
  for (const route of routes) route(app, shared)
  await dashboard(app, services.settings.dashboardFolder)
  await app.ready()
  return { app, local }
}

function openapiHead(version: string) {
  return {
    openapi: '3.1.0' as const,
    info: { title: 'RiskLoom', version, description: 'AI workflows for content-risk operations' },
    components: { securitySchemes: { key: { type: 'http' as const, scheme: 'bearer' } } },
    security: [{ key: [] }],
  }
}
