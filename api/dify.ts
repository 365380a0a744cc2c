import type { FastifyReply, FastifyRequest } from 'fastify'
import { RiskloomError } from '../engine/error.ts'

/** Bodies that were written by our own codec. */
export const jsonType = 'application/json; charset=utf-8'

/** Workspace and id of the app that the key of a request runs. */
export function appOf({ identity }: FastifyRequest): [workspace: string, appId: string] {
  if (identity.kind === 'key' && identity.target !== null) return [identity.workspace, identity.target]
  throw new RiskloomError('unauthorized', 'Access token is invalid')
}

export function isServiceApi(request: FastifyRequest): boolean {
  return request.url.startsWith('/v1/')
}

/** Headers that every answer of the Service API carries. */
export function serviceHeaders(reply: FastifyReply, version: string): void {
  void reply.header('x-version', version).header('x-env', 'PRODUCTION')
}
