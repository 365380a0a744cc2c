import type { Value } from '../../values/value.ts'
import { pythonText } from '../../values/text.ts'
import { fault } from './fault.ts'
import { toValue, Undefined, type Arguments } from './runtime.ts'

/** The argument at a place or under a name; `absent` when it was not given. */
export function argument(args: Arguments, place: number, name: string, absent: Value): Value {
  const named = args.named.get(name)
  const item = named === undefined ? args.list[place] : named
  return item === undefined ? absent : item instanceof Undefined ? null : toValue(item)
}

export function textArgument(args: Arguments, place: number, name: string, absent: string): string {
  const value = argument(args, place, name, absent)
  return value === null ? absent : pythonText(value)
}

export function integerArgument(args: Arguments, place: number, name: string, absent: number): number {
  const value = argument(args, place, name, null)
  if (value === null) return absent
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'bigint' ? Number(value) : fault(`${name} must be an integer`)
}

export function flagArgument(args: Arguments, place: number, name: string, absent: boolean): boolean {
  const value = argument(args, place, name, absent)
  return typeof value === 'boolean' ? value : value !== null && value !== 0n && value !== ''
}
