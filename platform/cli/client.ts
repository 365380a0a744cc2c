import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf, RiskloomError } from '../../engine/error.ts'
import type { Environment } from '../config.ts'
import { socketPath } from '../socket-path.ts'

/** A refusal by the server, as it came. */
export class Refusal extends Error {
  readonly body: Readonly<Record<string, unknown>>

  constructor(message: string, body: Readonly<Record<string, unknown>>) {
    super(message)
    this.body = body
  }
}

/** Calls the API: with a key by HTTP, without one through the private socket of the data folder. */
export interface Client {
  get(path: string): Promise<unknown>
  post(path: string, body?: unknown): Promise<unknown>
  delete(path: string): Promise<unknown>
}

export function apiClient(environment: Environment, dataFolder: string): Client {
  const call = (method: string) => (path: string, body?: unknown) =>
    send(target(environment, dataFolder), method, path, body)
  return { get: call('GET'), post: call('POST'), delete: call('DELETE') }
}

interface Target {
  readonly options: RequestOptions
  readonly headers: Readonly<Record<string, string>>
  readonly secure: boolean
  readonly prefix: string
  readonly where: string
}

function target(environment: Environment, dataFolder: string): Target {
  const key = environment['RISKLOOM_KEY']
  if (key === undefined || key === '') {
    const path = socketPath(dataFolder)
    return {
      options: { socketPath: path },
      headers: {},
      secure: false,
      prefix: '',
      where: `the data folder ${dataFolder}`,
    }
  }
  const address = environment['RISKLOOM_URL'] || 'http://127.0.0.1:8787'
  if (!URL.canParse(address)) throw new RiskloomError('invalid-setting', `RISKLOOM_URL is no address: ${address}`)
  const url = new URL(address)
  return {
    options: {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
    },
    headers: { authorization: `Bearer ${key}` },
    secure: url.protocol === 'https:',
    prefix: url.pathname.replace(/\/+$/, ''),
    where: address,
  }
}

async function send(to: Target, method: string, path: string, body: unknown): Promise<unknown> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = { ...to.headers, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) }
  const options: RequestOptions = { ...to.options, method, path: to.prefix + path, headers }
  const { status, text } = await exchange(options, to.secure, payload).catch((error: unknown) => {
    throw new RiskloomError('not-running', `no RiskLoom answers at ${to.where} (${messageOf(error)})`)
  })
  const answer = parsed(text)
  if (answer === undefined || (status >= 400 && typeof answer['message'] !== 'string'))
    throw new RiskloomError('request-failed', `${to.where} is no RiskLoom: ${method} ${path} gave status ${status}`)
  if (status < 400) return answer
  throw new Refusal(String(answer['message']), answer)
}

/** Undefined for what is no JSON object or list. */
function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const answer: unknown = text === '' ? {} : JSON.parse(text)
    // A list is read by its command as such.
    return typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function exchange(
  options: RequestOptions,
  secure: boolean,
  payload: string | undefined,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const onAnswer = (answer: IncomingMessage): void => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }))
      answer.on('error', reject)
    }
    const request = secure ? httpsRequest(options, onAnswer) : httpRequest(options, onAnswer)
    request.on('error', reject)
    request.end(payload)
  })
}
