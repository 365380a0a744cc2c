import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const main = join(root, 'dist', 'platform', 'main.js')

/** The whole product in a process of its own, as `npm start` runs it, on a folder and a port of its own. */
export interface Product {
  readonly url: string
  /** One-time link that the start printed. */
  readonly signInLink: string
  readonly dataFolder: string
  readonly pid: number
  /** Everything it printed so far. */
  output(): string
  /** Runs `riskloom <arguments> --json` against it. */
  cli(...args: string[]): Promise<{ code: number; answer: unknown }>
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

export interface ProductOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Kept by the caller when given, removed on stop otherwise. */
  readonly dataFolder?: string
  readonly readyMs?: number
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'riskloom-test-')))
  const environment = {
    ...process.env,
    PORT: '0',
    RISKLOOM_DATA: dataFolder,
    RISKLOOM_DEMO: 'off',
    RISKLOOM_LOG: 'warn',
    ...options.environment,
  }
  const child = spawn(process.execPath, [main, 'start'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collect(child)
  const ended = new Promise<number | null>(resolve => child.once('exit', code => resolve(code)))
  let stopping = false
  void ended.then(code => {
    if (!stopping) process.stderr.write(`the product ended by itself with ${code}:\n${output.text}\n`)
  })
  const url = await matched(/RiskLoom ready at (\S+)/)
  const signInLink = await matched(/(http\S+\/login\?token=\S+)/)
  return {
    url,
    signInLink,
    dataFolder,
    pid: child.pid ?? 0,
    output: () => output.text,
    cli: (...args) => runCli(environment, args),
    async stop(signal = 'SIGINT') {
      stopping = true
      child.kill(signal)
      const code = await ended
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true })
      return code
    },
  }

  function matched(pattern: RegExp): Promise<string> {
    const limit = options.readyMs ?? 60_000
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => fail(`nothing matched ${pattern} in ${limit} ms`), limit)
      const look = (): void => {
        const found = pattern.exec(output.text)?.[1]
        if (found === undefined) return
        clearTimeout(timer)
        resolve(found)
      }
      const fail = (reason: string): void => {
        clearTimeout(timer)
        reject(new Error(`${reason}; it printed:\n${output.text}`))
      }
      output.onText.add(look)
      void ended.then(code => fail(`the product ended with ${code}`))
      look()
    })
  }
}

function collect(child: ChildProcess): { text: string; onText: Set<() => void> } {
  const output = { text: '', onText: new Set<() => void>() }
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output.text += chunk
      for (const look of output.onText) look()
    })
  }
  return output
}

/** Exit code and the JSON document on stdout. */
export function runCli(
  environment: NodeJS.ProcessEnv,
  args: readonly string[],
): Promise<{ code: number; answer: unknown }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args, '--json'], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk))
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
    child.once('error', reject)
    child.once('close', code => {
      try {
        resolve({ code: code ?? -1, answer: JSON.parse(stdout) })
      } catch {
        reject(new Error(`riskloom ${args.join(' ')} printed no JSON:\n${stdout}\n${stderr}`))
      }
    })
  })
}

/** A start that is meant to fail: its exit code and everything it printed. */
export function failedStart(
  settings: Readonly<Record<string, string>>,
): Promise<{ code: number | null; output: string }> {
  const environment = { ...process.env, PORT: '0', RISKLOOM_DEMO: 'off', RISKLOOM_LOG: 'warn', ...settings }
  const child = spawn(process.execPath, [main, 'start'], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collect(child)
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`it still runs:\n${output.text}`))
    }, 60_000)
    child.once('close', code => {
      clearTimeout(timer)
      resolve({ code, output: output.text })
    })
  })
}
