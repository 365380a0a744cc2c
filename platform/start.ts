import { chmod, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { apiServer, type ApiServer } from '../api/server.ts'
import { newLoginLink, ownerEmail } from '../api/routes/access.ts'
import { messageOf, RiskloomError } from '../engine/error.ts'
import type { Config } from './config.ts'
import { prepareDataFolder } from './data-folder.ts'
import { startDemo } from './demo.ts'
import { scope, type Scope } from './scope.ts'
import { firstWorkspace, openServices } from './services.ts'
import { socketPath } from './socket-path.ts'

/** Time that running work gets to end in order after Ctrl-C. */
const stopMs = 30_000
/** Time that requests under way get to be answered. */
const answerMs = 10_000
/** A terminal and `npm start` both hand Ctrl-C on: signals so close together are one. */
const echoMs = 1_000

/** Opens everything in order, serves, and stops in reverse on SIGINT or SIGTERM. Resolves when all is stopped. */
export async function start(config: Config): Promise<void> {
  const running = scope()
  // From the first moment on: a child that was started must not outlive an early Ctrl-C.
  const signal = signalled()
  try {
    await serve(config, running)
  } catch (error) {
    await running.stop()
    throw error
  }
  await signal
  process.stdout.write('\nstopping …\n')
  const timer = setTimeout(
    () => giveUp(`not stopped after ${stopMs / 1_000} s; what is unfinished goes on at the next start`),
    stopMs,
  )
  const problems = await running.stop()
  clearTimeout(timer)
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  process.stdout.write('stopped, nothing lost\n')
  process.exit(problems.length === 0 ? 0 : 1)
}

async function serve(config: Config, running: Scope): Promise<void> {
  await prepareDataFolder(config.dataFolder)
  const platform = await openServices(config, running)
  const { services } = platform
  const owner = await services.records.access.ensureOwner(firstWorkspace, ownerEmail, services.clock.now())
  const server = await apiServer(services)
  running.add('server', async () => {
    const late = setTimeout(() => server.app.server.closeAllConnections(), answerMs)
    server.local.closeAllConnections()
    await Promise.all([server.app.close(), new Promise(resolve => server.local.close(resolve))])
    clearTimeout(late)
  })
  await listenLocal(server, config)
  const address = await listen(server, config)
  platform.setAddress(config.publicUrl ?? address)
  await platform.startStreams()
  process.stdout.write(`RiskLoom ready at ${config.publicUrl ?? address}\n`)
  if (config.demo.on) startDemo(platform, firstWorkspace, config, running)
  const link = await newLoginLink(services, owner.id, firstWorkspace)
  process.stdout.write(`Sign in (once): ${link.url}\n`)
}

async function listen({ app }: ApiServer, config: Config): Promise<string> {
  try {
    await app.listen({ port: config.port, host: config.host })
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EADDRINUSE')
      throw new RiskloomError(
        'port-in-use',
        `port ${config.port} of ${config.host} is in use by another program; stop it or set PORT`,
      )
    throw new RiskloomError('invalid-setting', `cannot listen on ${config.host}:${config.port}: ${messageOf(error)}`, {
      cause: error,
    })
  }
  const { port } = app.server.address() as AddressInfo
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** The data folder’s lock is held, so a socket that is there was left by a process that died. */
async function listenLocal({ local }: ApiServer, config: Config): Promise<void> {
  const path = socketPath(config.dataFolder)
  await rm(path, { force: true })
  await new Promise<void>((resolve, reject) => local.once('error', reject).listen(path, resolve))
  await chmod(path, 0o600)
}

function signalled(): Promise<void> {
  let first: number | undefined
  return new Promise(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        first ??= performance.now()
        resolve()
        if (performance.now() - first > echoMs) giveUp('stopped at once; what is unfinished goes on at the next start')
      })
    }
  })
}

function giveUp(line: string): void {
  process.stderr.write(`${line}\n`)
  process.exit(1)
}
