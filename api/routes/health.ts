import type { FastifyInstance } from 'fastify'
import type { Services } from '../services.ts'

export function healthRoutes(app: FastifyInstance, services: Services): void {
  const open = { config: { access: 'public' as const }, schema: { tags: ['health'] } }

  app.get('/healthz', open, () => ({ status: 'ok' }))

  app.get('/readyz', open, async (_request, reply) => {
    const ports = await services.ports()
    const ready = ports.every(port => port.ready)
    // The reason of a failure can name hosts and paths: it is in the log and in `doctor`, not here.
    const body = {
      status: ready ? 'ready' : 'not-ready',
      ports: ports.map(({ port, engine, ready }) => ({ port, engine, ready })),
    }
    return reply.code(ready ? 200 : 503).send(body)
  })

  app.get('/metrics', { schema: { tags: ['health'] } }, async (_request, reply) =>
    reply.type('text/plain; version=0.0.4').send(await services.metrics()),
  )

  app.get('/api/ports', { schema: { tags: ['health'] } }, () => services.ports())
}
