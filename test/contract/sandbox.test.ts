import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sandboxAdapters } from '../../connectors/sandbox/index.ts'
import type { Sandbox, SandboxRequest, SandboxResult } from '../../engine/ports/sandbox.ts'

describe.each(Object.entries(sandboxAdapters))('sandbox: %s', (_name, adapter) => {
  let sandbox: Sandbox
  beforeAll(() => {
    sandbox = adapter()
  })
  afterAll(() => sandbox.close())

  const run = (code: string, inputs = '{}', more: Partial<SandboxRequest> = {}): Promise<SandboxResult> =>
    sandbox.run({ workspace: 'w', language: 'javascript', code, inputs, timeoutMs: 1_000, ...more })
  const outputs = async (code: string, inputs = '{}'): Promise<string> => {
    const result = await run(code, inputs)
    return result.ok ? result.outputs : `${result.kind}: ${result.message}`
  }

  test('says that it works and what it speaks', async () => {
    await sandbox.check()
    expect(sandbox.languages).toContain('javascript')
  })

  test('main gets one object and its result comes back as JSON', async () => {
    expect(
      await outputs(
        'function main({a, b}) { return { sum: a + b, text: "你好😀", list: [1, 2.5, null] } }',
        '{"a":1,"b":2}',
      ),
    ).toBe('{"sum":3,"text":"你好😀","list":[1,2.5,null]}')
    expect(await outputs('const main = ({a}) => ({ r: a })', '{"a":{"b":[true]}}')).toBe('{"r":{"b":[true]}}')
    expect(await outputs('function main() {}')).toBe('null')
    expect(await outputs('function main() { return "text" }')).toBe('"text"')
    expect(await outputs('function main() { return { n: NaN, u: undefined, d: new Date(0) } }')).toBe(
      '{"n":null,"d":"1970-01-01T00:00:00.000Z"}',
    )
    expect(await outputs('function main(i) { return i }', '{"__proto__":{"x":1},"f":1.5}')).toBe(
      '{"__proto__":{"x":1},"f":1.5}',
    )
  })

  test('async code, promises and a chatty console work', async () => {
    expect(
      await outputs(
        'async function main({a}) { const b = await Promise.resolve(a); console.log("x", b); return { b } }',
        '{"a":7}',
      ),
    ).toBe('{"b":7}')
    expect(await outputs('function main() { return new Promise(() => {}) }')).toContain('nothing can settle')
    expect(await outputs('async function main() { throw new TypeError("no") }')).toContain('TypeError: no')
  })

  test('errors come with name, message and line', async () => {
    expect(await outputs('function main() {\n  throw new RangeError("too far")\n}')).toMatch(
      /^error: RangeError: too far\n[^]*code\.js:2/,
    )
    expect(await outputs('function main( {')).toMatch(/^error: SyntaxError/)
    expect(await outputs('const a = 1')).toContain('no function main')
    expect(await outputs('throw "early"')).toBe('error: Uncaught early')
    expect(await outputs('function main() { throw { odd: 1 } }')).toMatch(/^error: /)
    expect(await outputs('throw { get name() { throw 1 } }')).toBe('error: Uncaught error that cannot be shown')
    expect(await outputs('function main() { const a = {}; a.a = a; return a }')).toContain('TypeError')
    expect(await outputs('function main() { return { n: 1n } }')).toContain('TypeError')
  })

  test('every call starts from nothing', async () => {
    await run(
      'var seen = 1; globalThis.kept = 1; Object.prototype.evil = 1; JSON.stringify = () => "stolen"; function main() { return {} }',
    )
    const look = 'function main() { return [typeof seen, typeof kept, ({}).evil === undefined, JSON.stringify({})] }'
    expect(await Promise.all([outputs(look), outputs(look)])).toEqual(
      Array(2).fill('["undefined","undefined",true,"{}"]'),
    )
  })

  test('time, memory, stack and output are bounded', async () => {
    const start = performance.now()
    const slow = await run('function main() { for (;;) {} }', '{}', { timeoutMs: 300 })
    expect(slow).toMatchObject({ ok: false, kind: 'timeout', message: 'error: timeout after 0.3 s' })
    expect(performance.now() - start).toBeLessThan(1_500)
    expect(await run('function main() { return "x".repeat(2e6) }')).toMatchObject({ ok: false, kind: 'limit' })
    expect(await run('function main() { return "x".repeat(1e9) }')).toMatchObject({ ok: false })
    expect(await run('function main() { const a = []; for (;;) a.push(new Uint8Array(1e6)) }')).toMatchObject({
      ok: false,
      kind: 'limit',
    })
    expect(await run('function main() { return main() }')).toMatchObject({ ok: false, kind: 'limit' })
    expect(await outputs('function main() { return { r: "高".repeat(400000) } }')).toHaveLength(400_008)
    expect(await outputs('function main() { return 1 }')).toBe('1')
  })

  test('a language it does not speak is an error of the code, in words', async () => {
    const result = await run('def main(): return {}', '{}', { language: 'python3' })
    expect(result).toMatchObject({ ok: false, kind: 'error', message: expect.stringContaining('python3') as string })
  })

  test('endless loops of one workspace do not hold up another', async () => {
    const loops = Array.from({ length: 100 }, () =>
      run('function main() { for (;;) {} }', '{}', { workspace: 'a', timeoutMs: 500 }),
    )
    const settled = Promise.allSettled(loops)
    const waits: number[] = []
    for (let round = 0; round < 10; round += 1) {
      const start = performance.now()
      expect(await run('function main() { return 1 }', '{}', { workspace: 'b' })).toMatchObject({ ok: true })
      waits.push(performance.now() - start)
    }
    expect(Math.max(...waits)).toBeLessThan(2_000)
    await sandbox.close()
    expect(await settled).toHaveLength(100)
    sandbox = adapter()
  })
})
