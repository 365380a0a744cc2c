import { Transform, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { RiskloomError } from '../../engine/error.ts'

/** More layers of compression than this are an attack. */
const maxLayers = 2

/**
 * The body as its sender meant it: decompressed, and ended with `limit-exceeded` as soon as either the bytes on the wire or
 * the bytes they unfold to pass the limit.
 */
export function limitedBody(body: Readable, encoding: string, maxBytes: number): Readable {
  const layers = encoding
    .split(',')
    .map(layer => layer.trim().toLowerCase())
    .filter(layer => layer !== '' && layer !== 'identity')
  if (layers.length > maxLayers)
    throw new RiskloomError('request-failed', `The answer is compressed ${layers.length} times`)
  let stream: Readable = chain(body, countingLimit(maxBytes))
  for (const layer of layers.toReversed()) stream = chain(stream, decompressor(layer))
  return layers.length === 0 ? stream : chain(stream, countingLimit(maxBytes))
}

function chain(from: Readable, to: Transform): Readable {
  from.on('error', error => to.destroy(error))
  to.on('close', () => from.destroy())
  return from.pipe(to)
}

function decompressor(layer: string): Transform {
  if (layer === 'gzip' || layer === 'x-gzip') return createGunzip()
  if (layer === 'br') return createBrotliDecompress()
  if (layer === 'deflate') return createInflate()
  throw new RiskloomError('request-failed', `The answer is encoded as "${layer.slice(0, 40)}", which nobody asked for`)
}

function countingLimit(maxBytes: number): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.byteLength
      if (bytes > maxBytes) done(tooLarge(maxBytes))
      else done(null, chunk)
    },
  })
}

function tooLarge(maxBytes: number): RiskloomError {
  return new RiskloomError('limit-exceeded', `The answer is larger than ${maxBytes} bytes`, { details: { maxBytes } })
}

/** Reads a stream to its end. */
export async function readAll(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk as Uint8Array) // byte streams give bytes
  return Buffer.concat(chunks)
}
