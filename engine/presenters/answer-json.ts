import { jsonText, type JsonStyle } from '../values/text.ts'
import type { Value } from '../values/value.ts'

const spaced: JsonStyle = { comma: ', ', colon: ': ', indent: 0 }

/** JSON as Python's `json.dumps` prints it by default: spaces behind separators, ASCII only. */
export function pythonJson(value: Value): string {
  return jsonText(value, spaced).replace(
    /[\u0080-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Milliseconds since the epoch as whole seconds. */
export function seconds(millis: number): bigint {
  return BigInt(Math.floor(millis / 1000))
}

/** A duration in milliseconds as seconds with at most six decimals; `0.0` for none. */
export function elapsedSeconds(millis: number): number {
  return Math.round(millis * 1000) / 1_000_000
}
