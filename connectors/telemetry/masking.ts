/** Fields whose text is never written, whatever it is. */
const secretName =
  /(^|[-_.\s])(authorization|cookie|set-cookie|password|passwd|secret|token|credential|api[-_]?key|private[-_]?key)s?$/i

const maximum = { depth: 6, entries: 100, characters: 8_192 }

/** Fields of a log line without secrets and personal data, and without anything that could break a terminal or a line. */
export function safeFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return safeObject(fields, 0)
}

function safeObject(object: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(object).slice(0, maximum.entries)
  return Object.fromEntries(entries.map(([name, value]) => [safeText(name), safeField(name, value, depth)]))
}

function safeField(name: string, value: unknown, depth: number): unknown {
  const words = name.replace(/([a-z])([A-Z])/g, '$1-$2')
  return typeof value !== 'number' && value !== undefined && value !== null && secretName.test(words)
    ? '[redacted]'
    : safeValue(value, depth + 1)
}

function safeValue(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return safeText(value)
  if (typeof value === 'bigint') return value.toString()
  if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
  if (depth > maximum.depth) return '[deep]'
  if (value instanceof Error) return safeError(value, depth)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return value.slice(0, maximum.entries).map(item => safeValue(item, depth + 1))
  return safeObject(value, depth)
}

function safeError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause } = error
  return {
    name,
    message: safeText(message),
    stack: safeText(stack ?? ''),
    ...safeObject(error, depth),
    ...(cause === undefined ? {} : { cause: safeValue(cause, depth + 1) }),
  }
}

/** A text with personal data and keys masked and the control characters that JSON leaves alone written out. */
export function safeText(text: string): string {
  const cut = text.length > maximum.characters ? `${text.slice(0, maximum.characters)}…` : text
  return masked(cut).replace(
    // JSON escapes what is below U+0020; terminals also obey C1 controls, and some readers break lines at U+2028.
    /[\u007f-\u009f\u2028\u2029]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * E-mail addresses, telephone numbers, identity cards, bank cards and keys, each reduced to what cannot be used.
 * A key of a source is known by its whole form only, because words may begin with its prefix.
 */
export function masked(text: string): string {
  if (!/[@\d]|bearer|basic|sk-|app-/i.test(text)) return text
  return text
    .replace(/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]')
    .replace(/(?<![\w-])(sk|app|dataset|rl|key)[-_][\w-]{16,}/g, '$1-[redacted]')
    .replace(/(?<![\w-])in-[\w-]{43}(?![\w-])/g, 'in-[redacted]')
    .replace(/([\w.%+-])[\w.%+-]*@([\w-]+(?:\.[\w-]+)+)/g, '$1***@$2')
    .replace(/(?<![\w-])(\d{3})\d{14}([\dXx])(?![\w-])/g, '$1***$2')
    .replace(/(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])/g, digits => (isCardNumber(digits) ? maskDigits(digits) : digits))
    .replace(/(?<![\w-])(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?![\w-])/g, maskDigits)
    .replace(/\+\d{1,3}(?:[ -]?\d){7,12}(?![\w-])/g, maskDigits)
}

function maskDigits(text: string): string {
  const digits = text.replace(/\D/g, '')
  return `${digits.slice(0, 3)}***${digits.slice(-2)}`
}

/** The check digit tells a card from any other long number. */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '')
  if (digits.length < 13) return false
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits.at(-1 - place))
    const doubled = place % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
