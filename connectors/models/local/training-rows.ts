import { normalise } from '../../../engine/risk/normalise.ts'
import { extract, makeFeatures } from './features.ts'

/** Rows as feature hashes, laid one behind the other. */
export interface TrainingRows {
  readonly hashes: Uint32Array
  /** Row `i` is `hashes[starts[i]] … hashes[starts[i + 1] − 1]`. */
  readonly starts: Uint32Array
  /** Index of the label of each row. */
  readonly labels: Uint8Array
}

export function readRows(rows: readonly { text: string; label: string }[], labels: readonly string[]): TrainingRows {
  const numbers = new Map(labels.map((label, index) => [label, index]))
  const starts = new Uint32Array(rows.length + 1)
  let hashes = new Uint32Array(1 << 20)
  let features = makeFeatures()
  rows.forEach((row, index) => {
    const start = starts[index] ?? 0
    features = extract(normalise(row.text), features)
    while (hashes.length < start + features.count) hashes = grown(hashes)
    hashes.set(features.hashes.subarray(0, features.count), start)
    starts[index + 1] = start + features.count
  })
  const used = hashes.subarray(0, starts[rows.length] ?? 0)
  return { hashes: used, starts, labels: Uint8Array.from(rows, row => numbers.get(row.label) ?? 0) }
}

function grown(hashes: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(hashes.length * 2)
  larger.set(hashes)
  return larger
}
