import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import type { Command } from 'commander'
import { codeOf, messageOf, RiskloomError } from '../../engine/error.ts'
import type { Config } from '../config.ts'
import { productVersion } from '../product.ts'
import { socketPath } from '../socket-path.ts'
import { apiClient } from './client.ts'
import { print } from './output.ts'

/** Commands that work on this machine itself. */
export function localCommands(program: Command, config: Config): void {
  program
    .command('start [role...]')
    .description('serve until Ctrl-C')
    .action(async (roles: string[]) => {
      const foreign = roles.filter(role => role !== 'all')
      if (foreign.length > 0) {
        throw new RiskloomError(
          'unshared-port',
          `role ${foreign.join(', ')}: the embedded stream, records and analytics serve one process; start without a role`,
        )
      }
      // Only now: other commands need none of the engines.
      const { start } = await import('../start.ts')
      await start(config)
    })

  program
    .command('doctor')
    .description('look for what could be wrong')
    .option('--json', 'one JSON document', false)
    .action(async (options: { json: boolean }) => {
      const checks = await examine(config)
      print(
        options.json ? { ok: checks.every(check => check.ok), checks } : checks,
        options.json,
        checks.every(check => check.ok),
      )
    })

  const migrate = program.command('migrate').description('tables of records (analytics migrates at start)')
  for (const [name, text] of [
    ['up', 'apply what is missing'],
    ['down', 'take back down to a version'],
    ['status', 'what is applied'],
  ] as const) {
    const command = migrate.command(name).description(text).option('--json', 'one JSON document', false)
    if (name === 'down') command.requiredOption('--to <version>', 'last version to keep', Number)
    command.action(async (options: { json: boolean; to?: number }) => {
      await refuseWhileRunning(config)
      const { openRecords } = await import('../open-ports.ts')
      const records = await openRecords(config)
      try {
        const answer =
          name === 'up'
            ? await records.migrate()
            : name === 'down'
              ? await records.migrate(options.to)
              : await records.migrations()
        print(answer, options.json)
      } finally {
        await records.close()
      }
    })
  }
}

/** Tables must not change under a server; on an embedded database its lock would refuse as well. */
async function refuseWhileRunning({ dataFolder }: Config): Promise<void> {
  if ((await serverState(dataFolder)) === 'running')
    throw new RiskloomError('data-folder-in-use', `RiskLoom runs on ${dataFolder}; stop it first`, {
      details: { dataFolder },
    })
}

/** A socket that nobody listens on was left by a process that was killed. */
async function serverState(dataFolder: string): Promise<'running' | 'not running'> {
  if (!existsSync(socketPath(dataFolder))) return 'not running'
  try {
    await apiClient({}, dataFolder).get('/healthz')
    return 'running'
  } catch (error) {
    return codeOf(error) === 'not-running' ? 'not running' : 'running'
  }
}

interface Check {
  readonly name: string
  readonly ok: boolean
  readonly detail: string
}

async function examine(config: Config): Promise<Check[]> {
  const checks: Check[] = [
    {
      name: 'version',
      ok: true,
      detail: `RiskLoom ${productVersion()} on Node ${process.versions.node}, ${process.platform} ${process.arch}`,
    },
    {
      name: 'data folder',
      ok: true,
      detail: `${config.dataFolder}${existsSync(config.dataFolder) ? '' : ' (will be made)'}`,
    },
  ]
  if (existsSync(config.dataFolder)) checks.push(await freeSpace(config.dataFolder))
  if ((await serverState(config.dataFolder)) === 'not running')
    return [...checks, { name: 'server', ok: true, detail: 'not running' }]
  try {
    const ports = (await apiClient({}, config.dataFolder).get('/api/ports')) as {
      port: string
      engine: string
      ready: boolean
      error: string | null
    }[]
    return [
      ...checks,
      ...ports.map(({ port, engine, ready, error }) => ({ name: port, ok: ready, detail: error ?? engine })),
    ]
  } catch (error) {
    return [...checks, { name: 'server', ok: false, detail: messageOf(error) }]
  }
}

const leastFree = 1024 ** 3

async function freeSpace(folder: string): Promise<Check> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  return { name: 'free space', ok: free > leastFree, detail: `${(free / 1024 ** 3).toFixed(1)} GiB` }
}
