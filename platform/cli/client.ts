import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { messageOf } from '../../engine/error.ts'
import type { Environment } from '../config.ts'
import { socketPath } from '../socket-path.ts'

/** A refusal as the command line shows it. */
export class CommandError extends Error {
  readonly body: Readonly<Record<string, unknown>>

  constructor(message: string, body: Record<string, unknown> = {}) {
    super(message)
    this.body = { code: 'command-failed', message, ...body }
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
  readonly secure: boolean
  readonly prefix: string
  readonly where: string
}

function target(environment: Environment, dataFolder: string): Target {
  const key = environment['RISKLOOM_KEY']
  if (key === undefined || key === '') {
    const path = socketPath(dataFolder)
    return {
      options: { socketPath: path, headers: {} },
      secure: false,
      prefix: '',
      where: `the data folder ${dataFolder}`,
    }
  }
  const address = environment['RISKLOOM_URL'] || 'http://127.0.0.1:8787'
  if (!URL.canParse(address)) throw new CommandError(`RISKLOOM_URL is no address: ${address}`)
  const url = new URL(address)
  return {
    options: {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      headers: { authorization: `Bearer ${key}` },
    },
    secure: url.protocol === 'https:',
    prefix: url.pathname.replace(/\/+$/, ''),
    where: address,
  }
}

async function send(to: Target, method: string, path: string, body: unknown): Promise<unknown> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  const headers = { ...to.options.headers, ...(payload === undefined ? {} : { 'content-type': 'application/json' }) }
  const options: RequestOptions = { ...to.options, method, path: to.prefix + path, headers }
  const { status, text } = await exchange(options, to.secure, payload).catch((error: unknown) => {
    throw new CommandError(
      `No RiskLoom answers at ${to.where}. Start one with \`npm start\`, or set RISKLOOM_DATA or RISKLOOM_URL and RISKLOOM_KEY. (${messageOf(error)})`,
    )
  })
  const answer: unknown = text === '' ? {} : JSON.parse(text)
  if (status < 400) return answer
  const refusal = answer as { message?: string; remedy?: string }
  throw new CommandError([refusal.message ?? `status ${status}`, refusal.remedy].filter(Boolean).join(' '), refusal)
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
