import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builtEntry } from '../../connectors/built-entry.ts'
import { quickjsSandbox } from '../../connectors/sandbox/index.ts'
import { pool, type PoolOptions } from '../../connectors/sandbox/quickjs/pool.ts'
import { startThread } from '../../connectors/sandbox/quickjs/thread.ts'
import { codeOf } from '../../engine/error.ts'
import type { Sandbox, SandboxRequest, SandboxResult } from '../../engine/ports/sandbox.ts'
import { loopback, type Loopback } from '../support/loopback.ts'

interface Attack {
  readonly name: string
  readonly code: string
}

const sharedList = fileURLToPath(new URL('../../../shared/security/sandbox/attacks-js.json', import.meta.url))
const shared: Attack[] = existsSync(sharedList) ? (JSON.parse(readFileSync(sharedList, 'utf8')) as Attack[]) : [] // our own list

const own: Attack[] = [
  {
    name: 'array that grows inside native code',
    code: 'function main(){const x=[];for(;;)x.push(new Array(1e5).fill("y"))}',
  },
  { name: 'typed arrays by the megabyte', code: 'function main(){const a=[];for(;;)a.push(new Uint8Array(1e6))}' },
  {
    name: 'promise patched',
    code: 'Array.prototype.then=function(r){r({get 0(){for(;;){}}})};function main(){return {}}',
  },
  {
    name: 'promise patched with a huge text',
    code: 'Array.prototype.then=function(r){r({0:true,1:{length:1e9}})};function main(){return {}}',
  },
  { name: 'JSON patched', code: 'JSON.stringify=()=>{for(;;){}};JSON.parse=()=>process;function main(i){return i}' },
  { name: 'thenable that never answers', code: 'function main(){return {then(){}}}' },
  { name: 'thenable chain without end', code: 'const t={then(r){r(t)}};function main(){return t}' },
  { name: 'getter loops while the error is described', code: 'throw {get name(){for(;;){}}}' },
  { name: 'error text of 20 MB', code: 'function main(){throw new Error("e".repeat(2e7))}' },
  { name: 'toString that throws', code: 'function main(){throw {toString(){throw 1},get stack(){throw 2}}}' },
  {
    name: 'proxy result',
    code: 'function main(){return new Proxy({},{ownKeys(){return Array(1e6).fill(0).map((_,i)=>"k"+i)},getOwnPropertyDescriptor(){return{enumerable:true,configurable:true,value:1}}})}',
  },
  { name: 'comment that swallows the wrapper', code: 'function main(){return {}} /*' },
  { name: 'early end of a wrapper', code: '})(); throw 1; (()=>{' },
  { name: 'module syntax', code: 'import fs from "fs"; export function main(){return fs}' },
  { name: 'deep result', code: 'function main(){let a={};for(let i=0;i<1e5;i++)a={a};return a}' },
  {
    name: 'finalizers',
    code: 'const r=new FinalizationRegistry(()=>{for(;;){}});function main(){for(let i=0;i<1e4;i++)r.register({},i);return {}}',
  },
  { name: 'generator without end', code: 'function main(){for(const x of (function*(){for(;;)yield 1})());}' },
  {
    name: 'sort that never ends',
    code: 'function main(){return Array.from({length:1e5},(_,i)=>i).sort(()=>{for(;;){}})}',
  },
  {
    name: 'regular expression of 2^n',
    code: 'function main(){return /^(([a-z])+.)+[A-Z]([a-z])+$/.test("a".repeat(60))}',
  },
  { name: 'replace that explodes', code: 'function main(){return "a".repeat(1e6).replace(/a/g,"$`")}' },
  { name: 'padStart', code: 'function main(){return "".padStart(2**30-1,"ab")}' },
  {
    name: 'eval and Function',
    code: 'function main(){return {a:eval("typeof process"),b:new Function("return typeof require")()}}',
  },
  {
    name: 'deep recursion of a regular expression',
    code: 'function main(){return new RegExp("(".repeat(1e5)+")".repeat(1e5)).test("")}',
  },
  { name: 'deep source', code: `function main(){return ${'['.repeat(50_000)}${']'.repeat(50_000)}}` },
]

describe('attacks on the code sandbox', () => {
  let sandbox: Sandbox
  let canary: Loopback
  let folder: string
  const secret = `secret-${Math.random()}`

  beforeAll(async () => {
    process.env['SECRET_TOKEN'] = secret
    folder = await mkdtemp(join(tmpdir(), 'riskloom-sandbox-'))
    await writeFile(join(folder, 'canary.txt'), secret)
    canary = await loopback((_request, response) => response.end(secret))
    sandbox = quickjsSandbox()
    await sandbox.check()
  })

  afterAll(async () => {
    delete process.env['SECRET_TOKEN']
    await sandbox.close()
    await canary.close()
    expect(await readdir(folder)).toEqual(['canary.txt'])
    expect(canary.requests).toHaveLength(0)
    await rm(folder, { recursive: true })
  })

  const run = (code: string, more: Partial<SandboxRequest> = {}): Promise<SandboxResult> =>
    sandbox.run({ workspace: 'attacker', language: 'javascript', code, inputs: '{"a":1}', timeoutMs: 800, ...more })

  const clean = `function main({a}) {
    const grown = Object.getOwnPropertyNames(Object.prototype).length + Object.getOwnPropertyNames(Array.prototype).length
    return { a, polluted: [typeof ({}).polluted, typeof ([]).then], grown, json: JSON.stringify({ b: [a] }) }
  }`
  let untouched = ''

  async function contained({ code }: Attack): Promise<void> {
    if (untouched === '') untouched = JSON.stringify(await visible())
    const armed = code
      .replaceAll('@CANARY_FILE@', join(folder, 'canary.txt'))
      .replaceAll('@CANARY_DIR@', folder)
      .replaceAll(/127\.0\.0\.1:\d+/g, canary.allow)
    const start = performance.now()
    const result = await run(armed)
    expect(performance.now() - start).toBeLessThan(4_000)
    const shown = result.ok ? result.outputs : result.message
    expect(shown.length).toBeLessThan(1_100_000)
    expect(shown).not.toContain(secret)
    expect(shown).not.toContain(process.version)
    expect(shown).not.toMatch(/ESC |"function"|has performance/)
    expect(JSON.stringify(await visible())).toBe(untouched)
  }

  async function visible(): Promise<unknown> {
    const result = await run(clean, { workspace: 'neighbour', timeoutMs: 3_000 })
    return result.ok ? result.outputs : result
  }

  test.each(own)('contained, and the next run is clean: $name', contained)

  test.skipIf(shared.length === 0).each(shared.length === 0 ? [{ name: 'the shared list', code: '' }] : shared)(
    'contained, and the next run is clean (shared list): $name',
    contained,
  )

  test('a clean run sees a clean world', async () => {
    expect(await visible()).toMatch(
      /^\{"a":1,"polluted":\["undefined","undefined"\],"grown":\d+,"json":"\{\\"b\\":\[1\]\}"\}$/,
    )
  })

  test('code that breaks its thread twice is told so; the others go on', async () => {
    let started = 0
    const breakable = pool(
      fake({
        size: 2,
        start(entry, events) {
          started += 1
          const thread = startThread(entry, events)
          return { ...thread, send: message => (message.code === 'break' ? thread.end() : thread.send(message)) }
        },
      }),
    )
    const broken = breakable.run({
      workspace: 'a',
      language: 'javascript',
      code: 'break',
      inputs: '{}',
      timeoutMs: 500,
    })
    expect(await broken).toMatchObject({ ok: false, kind: 'limit' })
    const fine = {
      workspace: 'b',
      language: 'javascript',
      code: 'function main() { return 1 }',
      inputs: '{}',
      timeoutMs: 500,
    } as const
    expect(await breakable.run(fine)).toMatchObject({ ok: true, outputs: '1' })
    expect(started).toBe(3)
    breakable.close()
  })

  test('threads that do not start are tried again ever more slowly, and callers are told', async () => {
    const starts: number[] = []
    const dead = pool(
      fake({
        size: 3,
        start(_entry, events) {
          starts.push(performance.now())
          setImmediate(() => events.gone('no memory'))
          return { send: () => undefined, hold: () => undefined, end: () => undefined }
        },
      }),
    )
    const error: unknown = await dead
      .run({ workspace: 'a', language: 'javascript', code: '', inputs: '{}', timeoutMs: 500 })
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      code: 'sandbox-failed',
      transient: true,
      message: expect.stringContaining('no memory') as string,
    })
    expect(starts).toHaveLength(5)
    expect((starts[4] ?? 0) - (starts[0] ?? 0)).toBeGreaterThan(1_000)
    dead.close()
    expect(codeOf(await dead.warm().catch((thrown: unknown) => thrown))).toBe('sandbox-failed')
  })
})

function fake(options: Omit<PoolOptions, 'entry'>): PoolOptions {
  return {
    entry: builtEntry(new URL('../../connectors/sandbox/quickjs/pool.ts', import.meta.url).href, 'worker'),
    ...options,
  }
}
