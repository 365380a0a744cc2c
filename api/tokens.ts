import { hash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

/** 256 bits from the system’s generator, in URL-safe letters. */
export function newToken(prefix: string): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`
}

/** What is stored of a token. Tokens are random, so a plain digest is enough. */
export function tokenHash(token: string): string {
  return hash('sha256', token, 'hex')
}

// Parameters of RFC 7914 for interactive use: 128 · N · r bytes = 32 MiB.
const cost = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

/** `scrypt$<salt>$<hash>`, both base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `scrypt$${salt.toString('base64url')}$${(await derive(password, salt)).toString('base64url')}`
}

/** Takes the same time for unknown accounts: they are checked against a hash that nothing matches. */
export async function checkPassword(password: string, stored: string | null): Promise<boolean> {
  const [, salt = '', derived = ''] = (stored ?? `scrypt$${'A'.repeat(22)}$${'A'.repeat(86)}`).split('$')
  const expected = Buffer.from(derived, 'base64url')
  const actual = await derive(password, Buffer.from(salt, 'base64url'))
  return actual.length === expected.length && timingSafeEqual(actual, expected) && stored !== null
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, 64, cost, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
