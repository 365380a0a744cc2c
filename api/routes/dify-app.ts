import type { FastifyInstance, FastifyRequest } from 'fastify'
import { codeOf, RiskloomError } from '../../engine/error.ts'
import { encodeAnswer } from '../../engine/values/codec.ts'
import { difyParameters } from '../actions/dify-parameters.ts'
import { appOf, jsonType } from '../dify.ts'
import type { RouteServices } from '../route-services.ts'

/** What Dify’s clients ask of an app before they run it. */
export function difyAppRoutes(app: FastifyInstance, services: RouteServices): void {
  const appKey = { config: { access: 'app-key' as const }, schema: { tags: ['service api'] } }

  app.get('/v1/info', appKey, async request => {
    const { name, description, mode, publishedVersion } = await services.inForce.app(...appOf(request))
    const { apps } = services.records.workspace(request.identity.workspace)
    const version = publishedVersion === null ? undefined : await apps.version(publishedVersion)
    return { name, description, tags: [], mode, author_name: version?.author ?? '' }
  })

  app.get('/v1/parameters', appKey, async (request, reply) =>
    reply.type(jsonType).send(encodeAnswer(difyParameters(await documentOf(request)))),
  )

  async function documentOf(request: FastifyRequest): Promise<string> {
    try {
      return (await services.inForce.get(...appOf(request))).version.document
    } catch (error) {
      if (codeOf(error) !== 'app-not-published') throw error
      throw new RiskloomError('app-not-published', 'App unavailable, please check your app configurations.', {
        details: { dify: 'app_unavailable' },
      })
    }
  }
}
