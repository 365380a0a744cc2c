/** What one step of the normalisation changed. */
export type NormalisationKind =
  | 'shortened'
  | 'invisible'
  | 'width'
  | 'traditional'
  | 'symbol'
  | 'look-alike'
  | 'split'
  | 'link'
  | 'written-out-link'
  | 'look-alike-domain'

/** One change, so that a page can show the raw text beside the normalised one. `count` is the number of places. */
export interface NormalisationNote {
  readonly kind: NormalisationKind
  /** The first place as it was written; empty when it cannot be shown. */
  readonly from: string
  readonly to: string
  readonly count: number
}

/** Collects notes of one kind into one note each, in the order they first appeared. */
export class Notes {
  readonly #notes = new Map<NormalisationKind, { from: string; to: string; count: number }>()

  add(kind: NormalisationKind, from: string, to: string, count = 1): void {
    const known = this.#notes.get(kind)
    if (known === undefined) this.#notes.set(kind, { from: excerpt(from), to: excerpt(to), count })
    else known.count += count
  }

  list(): NormalisationNote[] {
    return [...this.#notes].map(([kind, note]) => ({ kind, ...note }))
  }
}

function excerpt(text: string): string {
  const points = Array.from(text.slice(0, 160))
  return points.length <= 80 ? points.join('') : `${points.slice(0, 79).join('')}…`
}
