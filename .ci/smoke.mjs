// Starts the built product with the Node that runs this file, asks whether it is ready, and stops it.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const data = mkdtempSync(join(tmpdir(), 'riskloom-smoke-'))
const child = spawn(process.execPath, ['dist/platform/main.js', 'start'], {
  env: { ...process.env, PORT: '0', RISKLOOM_DATA: data, RISKLOOM_DEMO_EVENTS: '500', RISKLOOM_LOG: 'error' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
let text = ''
child.stdout.setEncoding('utf8').on('data', chunk => (text += chunk))
const ended = new Promise(resolve => child.once('exit', resolve))

async function until(what, limitMs, probe) {
  for (const end = Date.now() + limitMs; Date.now() < end; await new Promise(resolve => setTimeout(resolve, 200))) {
    const found = await probe()
    if (found) return found
    if (child.exitCode !== null) break
  }
  throw new Error(`${what} did not come; it printed:\n${text}`)
}

let failure
try {
  const url = await until('the address', 60_000, () => /ready at (\S+)/.exec(text)?.[1])
  await until('readiness', 30_000, async () => (await fetch(`${url}/readyz`)).ok)
  const link = await until('the sign-in link', 10_000, () => /(http\S+token=\S+)/.exec(text)?.[1])
  const signIn = await fetch(link, { redirect: 'manual' })
  const cookie = signIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  await until('a decided event', 60_000, async () => {
    const status = await (await fetch(`${url}/api/status`, { headers: { cookie } })).json()
    return status.ledger?.decided > 0
  })
} catch (error) {
  failure = error
}
child.kill('SIGINT')
const code = await ended
rmSync(data, { recursive: true, force: true })
if (failure === undefined && code !== 0) failure = new Error(`it ended with ${code}`)
console.log(
  failure === undefined
    ? `ok   start on Node ${process.versions.node}`
    : `FAIL start on Node ${process.versions.node}: ${failure.message}`,
)
process.exit(failure === undefined ? 0 : 1)
