import type { Secrets } from '../../engine/ports/secrets.ts'
import { localSecrets, type KeyStore } from './local.ts'

export { localSecrets, type KeyStore }

/** Every adapter of the secrets port, for the contract suite. */
export const secretsAdapters: readonly {
  name: string
  shared: boolean
  open(options: { keyFile: string; keys: KeyStore; masterKey?: string }): Promise<Secrets>
}[] = [{ name: 'local', shared: false, open: localSecrets }]
