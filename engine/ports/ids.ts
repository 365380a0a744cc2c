/** Source of new identifiers. */
export interface Ids {
  /** Version 7: sorts by time of creation. */
  uuid(): string
}
