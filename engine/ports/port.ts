/** What every port says of itself. */
export interface Port {
  /** Name of the adapter, for `doctor`, `/readyz` and messages: `embedded`, `kafka`, … */
  readonly engine: string
  /** May several processes use it at the same time? A split role refuses to start on a port that says false. */
  readonly shared: boolean
  /** Resolves when the port works; rejects with the reason when it does not. */
  check(): Promise<void>
  close(): Promise<void>
}
