/** One position that owns or owned an event id, with the time of receipt it claimed at. */
export interface Holder {
  readonly at: number
  readonly partition: number
  readonly offset: number
}

/**
 * Who owns the id for `claim`, given everybody who ever owned it, oldest first; undefined when the window of the last
 * owner is over and the claim may take the id.
 *
 * The answer must not change when the id is taken by a later position meanwhile (a plan is resumed after a crash, days
 * later), so it looks at the owner of the claim's own time, not at the newest.
 */
export function ownerOf(claim: Holder, holders: readonly Holder[], windowMs: number): Holder | undefined {
  const own = holders.find(holder => samePosition(holder, claim))
  if (own !== undefined) return own
  const before = holders.findLast(holder => holder.at <= claim.at)
  if (before !== undefined && claim.at - before.at < windowMs) return before
  return holders.find(holder => holder.at > claim.at)
}

/** Lowest time, then partition, then offset first: which of equal ids in one batch wins is never left to chance. */
export function compareHolders(left: Holder, right: Holder): number {
  return left.at - right.at || left.partition - right.partition || left.offset - right.offset
}

export function samePosition(left: Holder, right: Holder): boolean {
  return left.partition === right.partition && left.offset === right.offset
}
