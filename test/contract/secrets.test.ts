import { randomBytes } from 'node:crypto'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { secretsAdapters, type KeyStore } from '../../connectors/secrets/index.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function memoryKeys(): KeyStore & { all: Map<string, string> } {
  const all = new Map<string, string>()
  return { all, get: async name => all.get(name), set: async (name, value) => void all.set(name, value) }
}

describe.each(secretsAdapters)('secrets: $name', adapter => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let keyFile: string
  let keys: ReturnType<typeof memoryKeys>

  beforeEach(async () => {
    folder = await temporaryFolder()
    keyFile = join(folder.path, 'master.key')
    keys = memoryKeys()
  })
  afterEach(() => folder.remove())

  it('opens what it sealed, after a restart too, and says what it is', async () => {
    const secrets = await adapter.open({ keyFile, keys })
    expect(secrets.shared).toBe(adapter.shared)
    await secrets.check()
    for (const plain of ['sk-123', '', '密钥 🔑', 'x'.repeat(100_000)]) {
      const sealed = await secrets.seal('w1', plain)
      expect(sealed).toMatch(/^v1:[\w-]+$/)
      const again = await adapter.open({ keyFile, keys })
      expect(await again.open('w1', sealed)).toBe(plain)
    }
  })

  it('seals the same text differently each time, and shows nothing of it or of a key', async () => {
    const secrets = await adapter.open({ keyFile, keys })
    const [one, two] = await Promise.all([secrets.seal('w1', 'needle'), secrets.seal('w1', 'needle')])
    expect(one).not.toBe(two)
    const master = (await readFile(keyFile, 'utf8')).trim()
    for (const seen of [one, two, ...keys.all.values()]) {
      expect(Buffer.from(seen, 'base64url').includes('needle')).toBe(false)
      expect(seen).not.toContain(master)
    }
    expect(await secrets.open('w1', one)).toBe('needle')
    expect(await secrets.open('w1', two)).toBe('needle')
  })

  it('binds to the workspace, even when the wrapped keys are swapped', async () => {
    const secrets = await adapter.open({ keyFile, keys })
    const sealed = await secrets.seal('w1', 'one')
    await secrets.seal('w2', 'two')
    await expect(secrets.open('w2', sealed)).rejects.toMatchObject({ code: 'secret-unreadable' })
    keys.all.set('data-key:w2', keys.all.get('data-key:w1') ?? '')
    const swapped = await adapter.open({ keyFile, keys })
    await expect(swapped.open('w2', sealed)).rejects.toMatchObject({ code: 'secret-unreadable' })
  })

  it('refuses a change of any byte, a cut and foreign text', async () => {
    const secrets = await adapter.open({ keyFile, keys })
    const bytes = Buffer.from((await secrets.seal('w1', 'plain')).slice(3), 'base64url')
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] = bytes.readUInt8(at) ^ 1
      await expect(secrets.open('w1', `v1:${changed.toString('base64url')}`)).rejects.toMatchObject({
        code: 'secret-unreadable',
      })
    }
    for (const text of ['', 'v1:', 'v2:abc', `v1:${bytes.subarray(0, 20).toString('base64url')}`, 'plain']) {
      await expect(secrets.open('w1', text)).rejects.toMatchObject({ code: 'secret-unreadable' })
    }
  })

  it('names the wrong master key, and works again with the right one', async () => {
    const masterKey = randomBytes(32).toString('hex')
    const sealed = await (await adapter.open({ keyFile, keys, masterKey })).seal('w1', 'one')
    const wrong = await adapter.open({ keyFile, keys, masterKey: randomBytes(32).toString('base64') })
    await expect(wrong.open('w1', sealed)).rejects.toThrow(/The master key does not open workspace w1/)
    await expect(wrong.seal('w1', 'two')).rejects.toMatchObject({ code: 'secret-unreadable' })
    const right = await adapter.open({ keyFile, keys, masterKey: Buffer.from(masterKey, 'hex').toString('base64') })
    expect(await right.open('w1', sealed)).toBe('one')
    await expect(stat(keyFile)).rejects.toThrow('ENOENT')
  })

  it('makes the key file once, for the owner alone', async () => {
    await Promise.all(Array.from({ length: 5 }, () => adapter.open({ keyFile, keys })))
    const made = await readFile(keyFile, 'utf8')
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    await adapter.open({ keyFile, keys })
    expect(await readFile(keyFile, 'utf8')).toBe(made)
    await chmod(keyFile, 0o644)
    await expect(adapter.open({ keyFile, keys })).rejects.toMatchObject({ code: 'invalid-setting' })
  })

  it.each(['', 'short', 'z'.repeat(64), randomBytes(31).toString('base64'), randomBytes(33).toString('hex')])(
    'refuses the master key %j',
    async masterKey => {
      const refused = { code: 'invalid-setting' }
      await expect(adapter.open({ keyFile, keys, masterKey })).rejects.toMatchObject(refused)
      await writeFile(keyFile, masterKey, { mode: 0o600 })
      await expect(adapter.open({ keyFile, keys })).rejects.toMatchObject(refused)
    },
  )

  it('tries again after the store of keys failed', async () => {
    let broken = true
    const flaky: KeyStore = {
      get: async name => {
        if (broken) throw new Error('store is down')
        return keys.get(name)
      },
      set: (name, value) => keys.set(name, value),
    }
    const secrets = await adapter.open({ keyFile, keys: flaky })
    await expect(secrets.seal('w1', 'x')).rejects.toThrow('store is down')
    broken = false
    expect(await secrets.open('w1', await secrets.seal('w1', 'x'))).toBe('x')
  })
})
