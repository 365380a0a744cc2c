/** How far a topic pair is read on recovery: nothing that is still needed lies before. */
export interface Marks {
  readonly journal: number
  readonly runs: number
}

/**
 * Keeps the low-water marks of the journal and of the runs topic. Whoever still needs its frames holds a pin.
 * A run's record can only lie behind the end that the runs topic had when the run was accepted: so each pin
 * remembers both ends.
 */
export class LowWater {
  readonly #pins = new Map<string, Marks>()
  #journal = 0
  #runs = 0

  /** Offsets that the next records will have at least. */
  get ends(): Marks {
    return { journal: this.#journal, runs: this.#runs }
  }

  sawJournal(offset: number): void {
    this.#journal = Math.max(this.#journal, offset + 1)
  }

  sawRuns(offset: number): void {
    this.#runs = Math.max(this.#runs, offset + 1)
  }

  /** Holds the marks where they are, or at an older place. An owner pins once; the first pin stays. */
  pin(owner: string, at: Marks = this.ends): void {
    if (!this.#pins.has(owner)) this.#pins.set(owner, at)
  }

  pinned(owner: string): Marks | undefined {
    return this.#pins.get(owner)
  }

  /** False when the owner held none. */
  unpin(owner: string): boolean {
    return this.#pins.delete(owner)
  }

  marks(): Marks {
    let { journal, runs } = this.ends
    for (const pin of this.#pins.values()) {
      journal = Math.min(journal, pin.journal)
      runs = Math.min(runs, pin.runs)
    }
    return { journal, runs }
  }
}
