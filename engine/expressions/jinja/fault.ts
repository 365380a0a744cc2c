import { RiskloomError } from '../../error.ts'

/** A template that cannot be read or does not run; the line counts from 1. */
export function templateError(message: string, line: number): RiskloomError {
  return new RiskloomError('node-failed', `template line ${line}: ${message}`, { details: { line } })
}

/** Something in a template that fails while it runs. The evaluator adds the line. */
export class TemplateFault extends Error {}

/** Raises a fault of the running template. */
export function fault(message: string): never {
  throw new TemplateFault(message)
}
