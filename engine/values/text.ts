import { floatText } from './number-text.ts'
import { fileObject, isObject } from './object.ts'
import { FileValue, type ObjectValue, type Value } from './value.ts'

/** JSON as Python's `json.dumps` writes it with `ensure_ascii` off; `indent` 0 is one line. */
export interface JsonStyle {
  readonly comma: string
  readonly colon: string
  readonly indent: number
}

const compact: JsonStyle = { comma: ',', colon: ':', indent: 0 }
const spaced: JsonStyle = { comma: ', ', colon: ': ', indent: 0 }
const indented: JsonStyle = { comma: ',', colon: ': ', indent: 2 }

/** How a value reads inside prompts, requests and conditions. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return scalarText(value)
  if (value === null || value instanceof FileValue) return ''
  if (!Array.isArray(value)) return jsonText(value as ObjectValue, compact)
  const list: readonly Value[] = value
  if (list.every(item => item instanceof FileValue)) return ''
  return list.every(item => typeof item === 'string') ? jsonText(list, spaced) : pythonRepr(list)
}

/** How a value reads in an answer: lists as items, objects indented, files as links. */
export function markdownOf(value: Value): string {
  if (value instanceof FileValue) return fileLink(value)
  if (isObject(value)) return jsonText(value, indented)
  if (!Array.isArray(value)) return textOf(value)
  return value.map((item: Value) => (item instanceof FileValue ? fileLink(item) : `- ${pythonText(item)}`)).join('\n')
}

/** How a value reads in a log: as in an answer, with the secrets masked. */
export function logOf(value: Value, secrets: readonly string[]): string {
  return maskSecrets(markdownOf(value), secrets)
}

/** The text with each secret replaced by a mask that keeps only its first six and last two characters. */
function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text
  for (const secret of secrets) if (secret !== '') masked = masked.replaceAll(secret, mask(secret))
  return masked
}

function mask(secret: string): string {
  return secret.length <= 8 ? '*'.repeat(20) : `${secret.slice(0, 6)}${'*'.repeat(12)}${secret.slice(-2)}`
}

function fileLink(file: FileValue): string {
  return `${file.type === 'image' ? '!' : ''}[${file.name}](${file.url})`
}

/** Python's `str()`. */
export function pythonText(value: Value): string {
  return typeof value === 'string' ? value : pythonRepr(value)
}

/** Python's `repr()`. */
export function pythonRepr(value: Value): string {
  if (typeof value === 'string') return stringRepr(value)
  if (typeof value !== 'object') return scalarText(value)
  if (value === null) return 'None'
  if (Array.isArray(value)) return `[${value.map((item: Value) => pythonRepr(item)).join(', ')}]`
  const object = value instanceof FileValue ? fileObject(value) : (value as ObjectValue) // the rest of the union
  const items = Object.keys(object).map(key => `${stringRepr(key)}: ${pythonRepr(object[key] ?? null)}`)
  return `{${items.join(', ')}}`
}

function scalarText(value: bigint | number | boolean): string {
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'number') return floatText(value)
  return value ? 'True' : 'False'
}

const plain = /^[\x20-\x26\x28-\x5b\x5d-\x7e\u4e00-\u9fff]*$/
const shortEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function stringRepr(text: string): string {
  if (plain.test(text)) return `'${text}'`
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(/[\p{C}\p{Z}\\'"]/gu, character => {
    if (character === ' ') return character
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character
    return shortEscapes[character] ?? codeEscape(character.codePointAt(0) ?? 0)
  })
  return `${quote}${escaped}${quote}`
}

function codeEscape(code: number): string {
  const [letter, width] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8]
  return `\\${letter}${code.toString(16).padStart(width, '0')}`
}

/** JSON in the given style, non-ASCII kept, floats as Python prints them, `NaN` as null. */
export function jsonText(value: Value, style: JsonStyle, level = 0): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number') return Number.isFinite(value) ? floatText(value) : 'null'
  if (typeof value === 'bigint') return value.toString()
  if (value === null) return 'null'
  if (Array.isArray(value)) {
    return wrap(
      '[',
      value.map((item: Value) => jsonText(item, style, level + 1)),
      ']',
      style,
      level,
    )
  }
  const object = value instanceof FileValue ? fileObject(value) : (value as ObjectValue) // the rest of the union
  const items = Object.keys(object).map(
    key => `${JSON.stringify(key)}${style.colon}${jsonText(object[key] ?? null, style, level + 1)}`,
  )
  return wrap('{', items, '}', style, level)
}

function wrap(open: string, items: readonly string[], close: string, style: JsonStyle, level: number): string {
  if (items.length === 0 || style.indent === 0) return `${open}${items.join(style.comma)}${close}`
  const inner = `\n${' '.repeat(style.indent * (level + 1))}`
  return `${open}${inner}${items.join(`,${inner}`)}\n${' '.repeat(style.indent * level)}${close}`
}
