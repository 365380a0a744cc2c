/** Sends the same request over and over and measures each. Told what to do, and tells, by messages to its parent. */
import { Agent, request as send } from 'node:http'

export interface Load {
  readonly url: string
  readonly concurrency: number
  readonly seconds: number
  readonly request: {
    readonly method: string
    readonly path: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }
}

/** Times in milliseconds. */
export interface Measured {
  readonly count: number
  readonly perSecond: number
  readonly p50: number
  readonly p95: number
}

process.once('message', message => {
  const load = message as Load // `http.ts` sends it
  void measure(load).then(measured => process.send?.(measured, () => process.exit(0)))
})

async function measure(load: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.concurrency })
  const times: number[] = []
  const began = performance.now()
  const end = began + load.seconds * 1_000
  const worker = async (): Promise<void> => {
    while (performance.now() < end) times.push(await one(load, agent))
  }
  await Promise.all(Array.from({ length: load.concurrency }, worker))
  const seconds = (performance.now() - began) / 1_000
  times.sort((left, right) => left - right)
  const at = (share: number): number => times[Math.floor(times.length * share)] ?? 0
  return { count: times.length, perSecond: times.length / seconds, p50: at(0.5), p95: at(0.95) }
}

function one({ url, request: { method, path, headers, body } }: Load, agent: Agent): Promise<number> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const sent = send(
      url + path,
      { method, headers: { ...headers, 'content-length': Buffer.byteLength(body ?? '') }, agent },
      answer => {
        answer.resume()
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve(performance.now() - began)
          else reject(new Error(`status ${answer.statusCode}`))
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
