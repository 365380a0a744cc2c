import { RiskloomError } from '../error.ts'
import { depthLimit, escapeKey, JsonReader, tag } from './json-reader.ts'
import { floatText } from './number-text.ts'
import { fileObject, getKey, isObject, setKey, type MutableObject } from './object.ts'
import { FileValue, type ObjectValue, type Value } from './value.ts'

type Presentation = 'lossless' | 'answer'

/** JSON that `decodeJson` turns back into the same value: `1` is an integer, `1.0` a float, files are tagged. */
export function encodeJson(value: Value): string {
  return encode(value, 'lossless', 0)
}

/** JSON for clients of the API: files as plain objects, nothing tagged. Not meant to be read back. */
export function encodeAnswer(value: Value): string {
  return encode(value, 'answer', 0)
}

function encode(value: Value, presentation: Presentation, depth: number): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'bigint':
      return value.toString()
    case 'boolean':
      return value ? 'true' : 'false'
    case 'number':
      return Number.isFinite(value) ? floatText(value) : 'null'
    default:
      if (value === null) return 'null'
      if (depth >= depthLimit)
        throw new RiskloomError('limit-exceeded', `the value nests deeper than ${depthLimit} levels`)
      if (Array.isArray(value)) return encodeList(value, presentation, depth + 1)
      return encodeObject(value as ObjectValue | FileValue, presentation, depth + 1) // the rest of the union
  }
}

function encodeList(list: readonly Value[], presentation: Presentation, depth: number): string {
  let text = '['
  for (let index = 0; index < list.length; index += 1) {
    if (index > 0) text += ','
    text += encode(list[index] ?? null, presentation, depth)
  }
  return `${text}]`
}

function encodeObject(value: ObjectValue | FileValue, presentation: Presentation, depth: number): string {
  if (!(value instanceof FileValue)) return entries(value, presentation, depth)
  return presentation === 'answer' ? entries(fileObject(value), presentation, depth) : encodeFile(value)
}

function entries(object: ObjectValue, presentation: Presentation, depth: number): string {
  let text = '{'
  for (const key of Object.keys(object)) {
    const value = object[key]
    if (value === undefined) continue
    if (text.length > 1) text += ','
    const name = presentation === 'lossless' ? escapeKey(key) : key
    text += `${JSON.stringify(name)}:${encode(value, presentation, depth)}`
  }
  return `${text}}`
}

function encodeFile(file: FileValue): string {
  return `{"${tag}":${JSON.stringify(file)}}`
}

/** @throws RiskloomError `invalid-request`, with the offset in `details`, when the text is not JSON or nests too deep */
export function decodeJson(text: string): Value {
  return new JsonReader(text, untag).read()
}

/** JSON of a client: no tags, an object stays an object whatever its keys are. Throws as `decodeJson` does. */
export function decodeInput(text: string): Value {
  return new JsonReader(text, undefined).read()
}

function untag(content: Value): Value {
  if (!isObject(content)) return content
  // Only our own `encodeFile` writes this tag: the fields are those of the class.
  const fields = content as unknown as ConstructorParameters<typeof FileValue>[0]
  return new FileValue(Object.assign({}, fields, { size: Number(getKey(content, 'size')) }))
}

/** A JavaScript value at the edge: integral numbers become integers, `undefined` and foreign objects become null. */
export function fromJs(value: unknown): Value {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return value
    case 'number':
      return Number.isInteger(value) ? BigInt(value) : value
    case 'object':
      return value === null ? null : fromJsObject(value)
    default:
      return null
  }
}

function fromJsObject(value: object): Value {
  if (value instanceof FileValue) return value
  if (Array.isArray(value)) return value.map(fromJs)
  const result: MutableObject = {}
  for (const [key, item] of Object.entries(value)) if (item !== undefined) setKey(result, key, fromJs(item))
  return result
}

/** A plain JavaScript value: integers become numbers where they are exact and stay `bigint` where they are not. */
export function toJs(value: Value): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item: Value) => toJs(item))
  const object = value instanceof FileValue ? fileObject(value) : (value as ObjectValue) // the rest of the union
  const result: Record<string, unknown> = {}
  for (const key of Object.keys(object)) {
    const plain = toJs(object[key] ?? null)
    if (key === '__proto__')
      Object.defineProperty(result, key, { value: plain, enumerable: true, configurable: true, writable: true })
    else result[key] = plain
  }
  return result
}
