import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** Serves the built page; any other path that is not an API’s is the page as well, so that its addresses can be reloaded. */
export async function dashboard(app: FastifyInstance, folder: string | null): Promise<void> {
  if (folder === null) return
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/assets/',
    serve: false,
    decorateReply: true,
  })
  const page = { config: { access: 'public' as const }, schema: { hide: true } }
  app.get('/assets/*', page, (request, reply) => {
    const name = (request.params as { '*': string })['*']
    return reply.sendFile(`assets/${name}`, folder, { immutable: true, maxAge: '365d' })
  })
  for (const path of ['/', '/decisions', '/decisions/*', '/sources', '/apps', '/sign-in']) {
    app.get(path, page, (_request, reply) => reply.sendFile('index.html', folder, { cacheControl: false }))
  }
  app.get('/favicon.svg', page, (_request, reply) => reply.sendFile('favicon.svg', folder))
}
