import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { messageOf, RiskloomError } from '../../engine/error.ts'
import type { RunHandle } from '../../engine/ports/durable.ts'
import {
  blockingBody,
  isRefusal,
  pingFrame,
  runDetail,
  workflowFrames,
  type WorkflowCall,
} from '../../engine/presenters/dify-workflow.ts'
import { decodeInput } from '../../engine/values/codec.ts'
import { getKey, isObject } from '../../engine/values/object.ts'
import type { ObjectValue, Value } from '../../engine/values/value.ts'
import { findRun } from '../actions/find-run.ts'
import { appOf, jsonType } from '../dify.ts'
import type { InForce, RouteServices } from '../route-services.ts'

const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache',
  'x-accel-buffering': 'no',
}
/** A silent stream says this often that it is alive. */
const pingMs = 10_000

/** The run calls of Dify’s Service API. Bodies are read and written without losing the difference of 1 and 1.0. */
export function workflowRoutes(app: FastifyInstance, services: RouteServices): void {
  const appKey = { config: { access: 'app-key' as const }, schema: { tags: ['service api'] } }

  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, next) => next(null, body))

    scope.post('/v1/workflows/run', appKey, async (request, reply) => run(request, reply, await bound(request)))

    scope.post('/v1/workflows/:version/run', appKey, async (request, reply) => {
      const { version: id } = request.params as { version: string }
      const { app: owner } = await bound(request)
      const version = await services.records.workspace(request.identity.workspace).apps.version(id)
      if (version === undefined || version.appId !== owner.id) {
        throw new RiskloomError('not-found', `Workflow not found with id: ${id}`)
      }
      return run(request, reply, { app: owner, version })
    })

    scope.get('/v1/workflows/run/:run', appKey, async (request, reply) => {
      const { run: id } = request.params as { run: string }
      const { app: owner } = await bound(request)
      const found = await findRun(services, request.identity.workspace, id)
      if (found === undefined || found.appId !== owner.id)
        throw new RiskloomError('not-found', 'Workflow run not found.')
      return reply.type(jsonType).send(runDetail(found))
    })

    scope.post('/v1/workflows/tasks/:task/stop', appKey, async request => {
      const { task } = request.params as { task: string }
      const user = userOf(fieldsOf(request))
      const { app: owner } = await bound(request)
      // A run of another app or another user is left alone, and nobody is told that it exists.
      const run = await services.durable.get(request.identity.workspace, task)
      if (run?.appId === owner.id && run.user === user) await services.durable.stop(request.identity.workspace, task)
      return { result: 'success' }
    })
    done()
  })

  /** The app of the key, with its version in force. */
  async function bound(request: FastifyRequest): Promise<InForce> {
    const [workspace, appId] = appOf(request)
    // An app of another mode is told so even when it has no published version.
    if ((await services.inForce.app(workspace, appId)).mode !== 'workflow') {
      throw new RiskloomError('invalid-request', 'Please check if your app mode matches the right API route.', {
        details: { dify: 'not_workflow_app' },
      })
    }
    return services.inForce.get(workspace, appId)
  }

  async function run(
    request: FastifyRequest,
    reply: FastifyReply,
    { app: owner, version }: InForce,
  ): Promise<FastifyReply> {
    const body = fieldsOf(request)
    const user = userOf(body)
    const inputs = inputsOf(body)
    const streaming = modeOf(body) === 'streaming'
    const { workspace } = request.identity
    const runId = services.ids.uuid()
    const handle = await services.durable.start({ workspace, runId, version, purpose: 'live', user, inputs })
    const call: WorkflowCall = {
      taskId: runId,
      runId,
      workflowId: version.id,
      user,
      // Only streams tell it.
      get userId() {
        return userId(workspace, owner.id, user)
      },
    }
    return streaming ? stream(reply, call, handle) : block(reply, call, handle)
  }
}

async function block(reply: FastifyReply, call: WorkflowCall, handle: RunHandle): Promise<FastifyReply> {
  const run = await handle.finished
  if (isRefusal(run)) throw new RiskloomError('invalid-input', run.error ?? '')
  return reply.type(jsonType).send(blockingBody(call, run))
}

/** The run goes on when the client leaves; only the writing stops. */
async function stream(reply: FastifyReply, call: WorkflowCall, handle: RunHandle): Promise<FastifyReply> {
  const { raw } = reply
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value)
  raw.writeHead(200, streamHeaders)
  const ping = setInterval(() => raw.write(pingFrame), pingMs)
  try {
    for await (const frame of workflowFrames(call, handle.events())) {
      if (raw.destroyed) break
      if (!raw.write(frame)) await new Promise(resolve => raw.once('drain', resolve).once('close', resolve))
      ping.refresh()
    }
  } finally {
    clearInterval(ping)
    raw.end()
  }
  return reply
}

function fieldsOf(request: FastifyRequest): ObjectValue {
  let body: Value
  try {
    body = decodeInput(typeof request.body === 'string' ? request.body : '')
  } catch (error) {
    const message = 'The browser (or proxy) sent a request that this server could not understand.'
    throw new RiskloomError('invalid-request', message, { details: { dify: 'bad_request', reason: messageOf(error) } })
  }
  if (!isObject(body)) throw new RiskloomError('invalid-request', 'the body must be a JSON object')
  return body
}

function userOf(body: ObjectValue): string {
  const user = getKey(body, 'user')
  if (typeof user === 'string' && user !== '') return user
  throw new RiskloomError('invalid-request', 'Arg user must be provided.', { details: { field: 'user' } })
}

function inputsOf(body: ObjectValue): ObjectValue {
  const inputs = getKey(body, 'inputs')
  if (isObject(inputs)) return inputs
  const message = inputs === undefined ? 'inputs: Field required' : 'inputs: Input should be a valid dictionary'
  throw new RiskloomError('invalid-request', message, { details: { field: 'inputs' } })
}

function modeOf(body: ObjectValue): 'blocking' | 'streaming' {
  const mode = getKey(body, 'response_mode') ?? 'blocking'
  if (mode === 'blocking' || mode === 'streaming') return mode
  throw new RiskloomError('invalid-request', "response_mode: Input should be 'blocking' or 'streaming'", {
    details: { field: 'response_mode' },
  })
}

/** A stable id for the end user of an app, in the form of a UUID. */
function userId(workspace: string, app: string, user: string): string {
  const hex = hash('sha256', `${workspace}\n${app}\n${user}`, 'hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
