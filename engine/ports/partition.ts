/**
 * The partition of a key: FNV-1a (32 bit) over its UTF-16 code units, low byte first, mixed by the last steps of
 * MurmurHash3, modulo the number of partitions. Part of the format on disk: a key must find its partition for ever.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < key.length; index++) {
    const unit = key.charCodeAt(index)
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193)
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193)
  }
  // FNV alone leaves the low bits of similar keys alike, and the modulo looks at just those.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions
}
