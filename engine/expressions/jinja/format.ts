import { codePointLength, codePoints } from '../../values/code-points.ts'
import { isList, isObject } from '../../values/object.ts'
import { floatText } from '../../values/number-text.ts'
import { pythonRepr, pythonText } from '../../values/text.ts'
import type { Value } from '../../values/value.ts'
import { asNumber } from '../python.ts'
import { fault } from './fault.ts'

const maxWidth = 10_000
const percentPattern = /%(?:\(([^)]*)\))?([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

/** Python’s `text % values`. */
export function formatPercent(template: string, values: Value): string {
  const list = isList(values) ? values : [values]
  let next = 0
  return template.replace(
    percentPattern,
    (_, name: string | undefined, flags: string, width = '0', precision: string | undefined, type: string) => {
      if (type === '%') return '%'
      const value = name === undefined ? list[next++] : isObject(values) ? values[name] : undefined
      if (value === undefined)
        return fault(name === undefined ? 'not enough arguments for format string' : `no argument named ${name}`)
      const text = convert(
        value,
        type,
        precision === undefined ? undefined : Number(precision),
        flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '-',
      )
      const align = flags.includes('-') ? '<' : flags.includes('0') && asNumber(value) !== undefined ? '=' : '>'
      return pad(text, Number(width), align, align === '=' ? '0' : ' ')
    },
  )
}

const specPattern = /^(?:(.)?([<>=^]))?([-+ ])?#?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/su

/** Python’s `format(value, spec)` for the everyday specifications: fill, alignment, sign, width, grouping, precision, type. */
function formatSpec(value: Value, spec: string): string {
  if (spec === '') return pythonText(value)
  const match = specPattern.exec(spec)
  if (match === null) return fault(`Invalid format specifier '${spec}'`)
  const [, fill, align, sign = '-', zero, width = '0', group, precision, type] = match
  const numeric = asNumber(value) !== undefined && typeof value !== 'boolean'
  let text = convert(
    value,
    type ?? (numeric ? (precision === undefined ? '' : 'g') : 's'),
    precision === undefined ? undefined : Number(precision),
    sign,
  )
  if (group !== undefined) text = text.replace(/\d+/, digits => digits.replace(/\B(?=(\d{3})+(?!\d))/g, group))
  return pad(
    text,
    Number(width),
    align ?? (zero === undefined ? (numeric ? '>' : '<') : '='),
    fill ?? (zero === undefined ? ' ' : '0'),
  )
}

function pad(text: string, width: number, align: string, fill: string): string {
  if (width > maxWidth) fault('the width is too large')
  const missing = width - codePointLength(text)
  if (missing <= 0) return text
  if (align === '<') return text + fill.repeat(missing)
  if (align === '^') return fill.repeat(missing >> 1) + text + fill.repeat(missing - (missing >> 1))
  const sign = align === '=' ? (/^[-+ ]/.exec(text)?.[0] ?? '') : ''
  return sign + fill.repeat(missing) + text.slice(sign.length)
}

function convert(value: Value, type: string, precision: number | undefined, sign: string): string {
  if (precision !== undefined && precision > 100) fault('the precision is too large')
  if (type === 's') return cut(pythonText(value), precision)
  if (type === 'r' || type === 'a') return cut(pythonRepr(value), precision)
  const number = asNumber(value)
  if (number === undefined) return fault(`a number is required, not ${pythonRepr(value)}`)
  const text = numberText(number, type, precision)
  return sign !== '-' && !text.startsWith('-') ? sign + text : text
}

function cut(text: string, length: number | undefined): string {
  return length === undefined ? text : codePoints(text).slice(0, length).join('')
}

function numberText(value: bigint | number, type: string, precision: number | undefined): string {
  switch (type) {
    case '':
      return typeof value === 'number' ? floatText(value) : value.toString()
    case 'd':
    case 'i':
    case 'u':
      return whole(value).toString()
    case 'x':
      return whole(value).toString(16)
    case 'X':
      return whole(value).toString(16).toUpperCase()
    case 'o':
      return whole(value).toString(8)
    case 'b':
      return whole(value).toString(2)
    case 'c':
      return String.fromCodePoint(Number(whole(value)))
    case 'f':
    case 'F':
      return fixed(value, precision ?? 6)
    case '%':
      return `${fixed(Number(value) * 100, precision ?? 6)}%`
    case 'e':
    case 'E': {
      const text = Number(value)
        .toExponential(precision ?? 6)
        .replace(/e([+-])(\d)$/, 'e$10$2')
      return type === 'E' ? text.toUpperCase() : text
    }
    case 'g':
    case 'G':
      return general(Number(value), precision ?? 6)
    default:
      return fault(`unsupported format character '${type}'`)
  }
}

function whole(value: bigint | number): bigint {
  if (typeof value === 'bigint') return value
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : fault('cannot convert float to integer')
}

function fixed(value: bigint | number, precision: number): string {
  if (typeof value === 'bigint' || (Number.isInteger(value) && Math.abs(value) >= 1e21)) {
    return precision > 0 ? `${BigInt(value)}.${'0'.repeat(precision)}` : BigInt(value).toString()
  }
  return Number.isFinite(value) ? value.toFixed(precision) : floatText(value)
}

function general(value: number, precision: number): string {
  if (!Number.isFinite(value)) return floatText(value)
  const digits = Math.max(precision, 1)
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
  if (exponent < -4 || exponent >= digits) {
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, 'e')
      .replace(/e([+-])(\d)$/, 'e$10$2')
  }
  const text = value.toFixed(Math.max(digits - 1 - exponent, 0))
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Python’s `text.format(…)` without attributes and indexes: `{}`, `{0}`, `{name}`, `{:.2f}`, `{{`. */
export function formatBraces(template: string, list: readonly Value[], named: ReadonlyMap<string, Value>): string {
  let next = 0
  return template.replace(
    /\{\{|\}\}|\{([^{}!:]*)(!r)?(?::([^{}]*))?\}/g,
    (found, field: string | undefined, repr: string | undefined, spec = '') => {
      if (found === '{{' || found === '}}') return found.charAt(0)
      const name = field ?? ''
      const value = name === '' ? list[next++] : /^\d+$/.test(name) ? list[Number(name)] : named.get(name)
      if (value === undefined) return fault(`format: there is no argument ${name === '' ? next - 1 : name}`)
      return formatSpec(repr === undefined ? value : pythonRepr(value), spec)
    },
  )
}
