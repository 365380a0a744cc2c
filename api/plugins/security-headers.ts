import helmet from '@fastify/helmet'
import type { FastifyInstance } from 'fastify'

/** antd writes its styles into the page, hence inline styles; scripts come from our own files only. */
const contentPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
  },
}

/** An answer that is data: nothing in it may be run, framed or guessed to be something else. */
const dataHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

const dataPaths = /^\/(v1|api|ingest)\//

/** Pages get everything that helmet knows; answers of the API, of which there are thousands a second, what matters there. */
export async function securityHeaders(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    global: false,
    contentSecurityPolicy: contentPolicy,
    crossOriginEmbedderPolicy: false,
    hsts: false,
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (dataPaths.test(request.url)) void reply.headers(dataHeaders)
    else reply.helmet()
    done()
  })
}
