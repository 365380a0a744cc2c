import { createHash, randomBytes } from 'node:crypto'
import { RiskloomError } from '../../engine/error.ts'
import type { Secrets } from '../../engine/ports/secrets.ts'
import { decrypt, encrypt } from './envelope.ts'
import { fileMasterKey, parseMasterKey } from './master-key.ts'

/** Where wrapped data keys are kept: one small text a name. */
export interface KeyStore {
  get(name: string): Promise<string | undefined>
  set(name: string, value: string): Promise<void>
}

const version = 'v1'

/**
 * AES-256-GCM in two layers: a data key per workspace seals values; the master key wraps the data keys.
 * The workspace is bound to both layers, so nothing can be opened under another one.
 * The master key comes as `masterKey` (the text of `RISKLOOM_MASTER_KEY`) or from `keyFile`, made when missing.
 * Fails with `invalid-setting` on a malformed key and with `secret-unreadable` on the wrong one.
 */
export async function localSecrets(options: {
  keyFile: string
  keys: KeyStore
  masterKey?: string | undefined
}): Promise<Secrets> {
  const { keyFile, keys, masterKey } = options
  const master =
    masterKey === undefined ? await fileMasterKey(keyFile) : parseMasterKey(masterKey, 'RISKLOOM_MASTER_KEY')
  const dataKeys = new Map<string, Promise<Buffer>>()

  const dataKey = (workspace: string): Promise<Buffer> => {
    const known = dataKeys.get(workspace)
    if (known !== undefined) return known
    const loading = loadDataKey(keys, master, workspace)
    dataKeys.set(workspace, loading)
    loading.catch(() => dataKeys.delete(workspace))
    return loading
  }

  return {
    engine: 'local',
    // Two processes that seal a workspace's first secret at the same time would each make a data key.
    shared: false,
    seal: async (workspace, plain) =>
      `${version}:${encrypt(await dataKey(workspace), `secret ${version} ${workspace}`, Buffer.from(plain))}`,
    open: async (workspace, sealed) => {
      const plain = sealed.startsWith(`${version}:`)
        ? decrypt(await dataKey(workspace), `secret ${version} ${workspace}`, sealed.slice(version.length + 1))
        : undefined
      if (plain === undefined) {
        throw unreadable(
          workspace,
          `The sealed value cannot be opened in workspace ${workspace}: it was sealed elsewhere or changed`,
        )
      }
      return plain.toString()
    },
    check: () => Promise.resolve(),
    close: async () => dataKeys.clear(),
  }
}

async function loadDataKey(keys: KeyStore, master: Buffer, workspace: string): Promise<Buffer> {
  const name = `data-key:${workspace}`
  const stored = await keys.get(name)
  if (stored !== undefined) return unwrap(master, workspace, stored)
  const key = randomBytes(32)
  await keys.set(name, `${version}:${keyId(master)}:${encrypt(master, `data key ${version} ${workspace}`, key)}`)
  return key
}

function unwrap(master: Buffer, workspace: string, stored: string): Buffer {
  const [storedVersion, id, wrapped = ''] = stored.split(':')
  if (storedVersion === version && id !== keyId(master)) {
    throw unreadable(
      workspace,
      `The master key does not open workspace ${workspace}: its data key was wrapped by master key ${id}, this is ${keyId(master)}`,
    )
  }
  const key = storedVersion === version ? decrypt(master, `data key ${version} ${workspace}`, wrapped) : undefined
  if (key === undefined) throw unreadable(workspace, `The wrapped data key of workspace ${workspace} is damaged`)
  return key
}

/** Names a master key without giving anything of it away, so that a wrong one is told from a damaged store. */
function keyId(master: Buffer): string {
  return createHash('sha256').update('riskloom master key').update(master).digest('hex').slice(0, 12)
}

function unreadable(workspace: string, message: string): RiskloomError {
  return new RiskloomError('secret-unreadable', message, { details: { workspace } })
}
