import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The kernel takes at most 104 bytes on macOS and 108 on Linux. */
const longestPath = 100

/** Private socket of the process that owns a data folder: inside it, or in the temporary folder where the path is too long. */
export function socketPath(dataFolder: string): string {
  const inside = join(dataFolder, 'riskloom.sock')
  if (Buffer.byteLength(inside) <= longestPath) return inside
  return join(tmpdir(), `riskloom-${createHash('sha256').update(dataFolder).digest('hex').slice(0, 16)}.sock`)
}
