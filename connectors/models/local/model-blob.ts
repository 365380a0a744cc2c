import * as z from 'zod'
import { RiskloomError } from '../../../engine/error.ts'
import type { LinearModel } from './linear-model.ts'

/**
 * Bytes of a classifier: magic `RLTC`, length of the header (32 bits, little endian), header as JSON, one bit per bucket
 * that says whether it has weights, then the 16-bit weights of those buckets. `features` is the version of the features:
 * a classifier must meet the same ones it was trained on.
 */
const magic = 'RLTC'
const featureVersion = 1

const Header = z.object({
  v: z.literal(1),
  features: z.literal(featureVersion),
  labels: z.array(z.string()).min(2),
  hashBits: z.int().min(8).max(22),
  temperature: z.number().positive(),
  bias: z.array(z.number()),
  steps: z.array(z.number()),
  buckets: z.int().min(0).describe('buckets that have weights'),
})

export function encodeModel(model: LinearModel): Uint8Array {
  const { weights, ...rest } = model
  const labels = model.labels.length
  const filled = new Uint8Array((1 << model.hashBits) >> 3)
  const kept: number[] = []
  for (let bucket = 0; bucket < 1 << model.hashBits; bucket += 1) {
    if (isEmpty(weights, bucket * labels, labels)) continue
    filled[bucket >> 3] = (filled[bucket >> 3] ?? 0) | (1 << (bucket & 7))
    kept.push(bucket)
  }
  const header = Buffer.from(JSON.stringify({ v: 1, features: featureVersion, ...rest, buckets: kept.length }))
  const body = Buffer.alloc(kept.length * labels * 2)
  kept.forEach((bucket, row) => {
    for (let label = 0; label < labels; label += 1) {
      body.writeInt16LE(weights[bucket * labels + label] ?? 0, (row * labels + label) * 2)
    }
  })
  const length = Buffer.alloc(4)
  length.writeUInt32LE(header.length)
  return Buffer.concat([Buffer.from(magic), length, header, filled, body])
}

function isEmpty(weights: Int16Array, from: number, labels: number): boolean {
  for (let label = 0; label < labels; label += 1) if (weights[from + label] !== 0) return false
  return true
}

/** Fails with `corrupt-data` when the bytes are not a whole classifier of this version. */
export function decodeModel(bytes: Uint8Array, path: string): LinearModel {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (data.length < 8 || data.toString('latin1', 0, 4) !== magic) throw corrupt(path, 'it does not begin like one')
  const start = 8 + data.readUInt32LE(4)
  const parsed = Header.safeParse(readJson(data.subarray(8, start)))
  if (!parsed.success) throw corrupt(path, z.prettifyError(parsed.error))
  const { buckets, labels, hashBits, temperature, bias, steps } = parsed.data
  const filled = data.subarray(start, start + ((1 << hashBits) >> 3))
  const body = data.subarray(start + filled.length)
  if (body.length !== buckets * labels.length * 2) throw corrupt(path, 'its length is wrong')
  return { labels, hashBits, temperature, bias, steps, weights: spread(filled, body, labels.length, hashBits) }
}

function spread(filled: Uint8Array, body: Buffer, labels: number, hashBits: number): Int16Array {
  const weights = new Int16Array(labels << hashBits)
  let read = 0
  for (let bucket = 0; bucket < 1 << hashBits; bucket += 1) {
    if (((filled[bucket >> 3] ?? 0) & (1 << (bucket & 7))) === 0) continue
    if (read + labels * 2 > body.length) break
    for (let label = 0; label < labels; label += 1)
      weights[bucket * labels + label] = body.readInt16LE(read + label * 2)
    read += labels * 2
  }
  return weights
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

function corrupt(path: string, reason: string): RiskloomError {
  return new RiskloomError('corrupt-data', `the classifier ${path} cannot be read: ${reason}`, { details: { path } })
}
