import { createHash } from 'node:crypto'

/** SHA-256 in hex: names the blobs of classifiers and samples, and proves that they are whole. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
