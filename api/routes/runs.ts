import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { RiskloomError } from '../../engine/error.ts'
import { encodeAnswer, fromJs } from '../../engine/values/codec.ts'
import { isObject } from '../../engine/values/object.ts'
import { RunRequest } from '../../schemas/api/runs.ts'
import type { Run } from '../../schemas/run.ts'
import { findRun } from '../actions/find-run.ts'
import { jsonSchema } from '../contract.ts'
import { authorOf } from '../identity.ts'
import type { RouteServices } from '../route-services.ts'

const tags = ['runs']

export function runRoutes(app: FastifyInstance, services: RouteServices): void {
  app.post(
    '/api/runs',
    { config: { access: 'editor' }, schema: { tags, body: jsonSchema(RunRequest) } },
    async (request, reply) => {
      const { appId, inputs } = request.body as z.infer<typeof RunRequest>
      const { workspace } = request.identity
      const { version } = await services.inForce.get(workspace, appId)
      const values = fromJs(inputs)
      if (!isObject(values)) throw new RiskloomError('invalid-request', 'inputs must be an object')
      const handle = await services.durable.start({
        workspace,
        runId: services.ids.uuid(),
        version,
        purpose: 'debug',
        user: authorOf(request.identity),
        inputs: values,
      })
      return reply.type('application/json; charset=utf-8').send(runJson(await handle.finished))
    },
  )

  app.get('/api/runs/:id', { schema: { tags } }, async (request, reply) => {
    const { id } = request.params as { id: string }
    const run = await findRun(services, request.identity.workspace, id)
    if (run === undefined) throw new RiskloomError('not-found', `there is no run ${id}`)
    return reply.type('application/json; charset=utf-8').send(runJson(run))
  })
}

/** Values inside a run (inputs, outputs) are written by their own codec, everything else is plain. */
function runJson(run: Run): string {
  const { inputs, outputs, nodes, ...rest } = run
  const plain = JSON.stringify(rest).slice(0, -1)
  const shown = nodes.map(({ inputs: given, processData, outputs: put, ...node }) => {
    const head = JSON.stringify(node).slice(0, -1)
    return `${head},"inputs":${text(given)},"processData":${text(processData)},"outputs":${text(put)}}`
  })
  return `${plain},"inputs":${text(inputs)},"outputs":${text(outputs)},"nodes":[${shown.join(',')}]}`
}

/** `findRun` and the durable port give values of the codec under types that do not say so. */
function text(value: unknown): string {
  return value === undefined ? 'null' : encodeAnswer(value as Parameters<typeof encodeAnswer>[0])
}
