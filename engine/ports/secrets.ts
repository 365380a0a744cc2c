import type { Port } from './port.ts'

/** Envelope encryption: a data key per workspace, wrapped by the master key. Plain text never reaches a record. */
export interface Secrets extends Port {
  /** Sealed text begins with `v1:`; it can be opened only under the same workspace. */
  seal(workspace: string, plain: string): Promise<string>
  open(workspace: string, sealed: string): Promise<string>
}
