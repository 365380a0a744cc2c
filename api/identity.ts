import type { ApiKey } from '../engine/ports/records.ts'

/** Who asks: a person by cookie, a program by key, or the operator of this machine through the local socket. */
export type Identity =
  | {
      readonly kind: 'session'
      readonly workspace: string
      readonly role: 'owner' | 'editor' | 'viewer'
      readonly accountId: string
      readonly email: string
    }
  | {
      readonly kind: 'key'
      readonly workspace: string
      readonly scope: ApiKey['scope']
      readonly target: string | null
      readonly keyId: string
    }
  | { readonly kind: 'local'; readonly workspace: string }

/** Name for authorship and audit. */
export function authorOf(identity: Identity): string {
  if (identity.kind === 'session') return identity.email
  return identity.kind === 'key' ? `key ${identity.keyId}` : 'local operator'
}
