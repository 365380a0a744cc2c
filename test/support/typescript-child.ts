import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a TypeScript file of this folder as a process of its own. */
export function typescriptChild(name: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const file = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const root = fileURLToPath(new URL('../../', import.meta.url))
  return spawn(process.execPath, ['--import', 'tsx', file, ...args], { stdio, cwd: root })
}

/** Kills the child without warning and waits until it is gone. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
