/** Lets pieces of work through one at a time, in the order in which they asked. */
export interface Turns {
  take<Result>(work: () => Promise<Result>): Promise<Result>
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return {
    take(work) {
      const mine = last.then(work)
      // The one behind goes on whatever came of this one.
      last = mine.catch(() => undefined)
      return mine
    },
  }
}
