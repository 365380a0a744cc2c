import { templateError } from './fault.ts'

/** A token as the parser library takes it. */
export interface Token {
  value: string
  type: string
}

/** Comments of this form stand before each tag and tell the evaluator the line (the parser keeps no positions). */
export const linePrefix = '\0line '
/** Filters of these names stand for tests with arguments, which the parser cannot read: `x is divisibleby(3)`. */
export const testFilter = { is: '__is_', isNot: '__is_not_' } as const

const opening = /\{(?:\{|%|#)/g
const rawBlock = /^\{%[-+]?\s*raw\s*(-?)%\}/
const endRaw = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g

/**
 * Tokens of a template. We have our own lexer in front of the library’s parser because the library’s does not know
 * `raw` blocks, exponents, integers above 2^53, Unicode names and lines.
 */
export function tokenize(source: string): Token[] {
  return new Lexer(source.endsWith('\n') ? source.slice(0, -1) : source).run()
}

class Lexer {
  private readonly source: string
  private readonly tokens: Token[] = []
  private at = 0
  private line = 1
  private counted = 0
  /** The text that follows loses its leading white space. */
  private strip = false

  constructor(source: string) {
    this.source = source
  }

  run(): Token[] {
    while (this.at < this.source.length) {
      opening.lastIndex = this.at
      const next = opening.exec(this.source)?.index ?? this.source.length
      const kind = this.source[next + 1]
      this.text(this.source.slice(this.at, next), this.source[next + 2] === '-')
      this.at = next
      if (next >= this.source.length) break
      const raw = rawBlock.exec(this.source.slice(next, next + 200))
      if (raw !== null) this.raw(raw)
      else if (kind === '#') this.comment()
      else this.tag(kind === '%' ? 'Statement' : 'Expression')
    }
    return this.tokens
  }

  private text(text: string, stripEnd: boolean): void {
    let kept = this.strip ? text.trimStart() : text
    if (stripEnd) kept = kept.trimEnd()
    this.strip = false
    if (kept !== '') this.tokens.push({ type: 'Text', value: kept })
  }

  private raw(open: RegExpExecArray): void {
    const start = this.at + open[0].length
    endRaw.lastIndex = start
    const close = endRaw.exec(this.source) ?? this.fail('the end of the raw block is missing')
    const text = this.source.slice(start, close.index)
    this.strip = open[1] === '-'
    this.text(text, close[1] === '-')
    this.strip = close[2] === '-'
    this.at = endRaw.lastIndex
  }

  private comment(): void {
    const end = this.source.indexOf('#}', this.at + 2)
    if (end < 0) this.fail('the end of the comment is missing')
    this.strip = this.source[end - 1] === '-'
    this.at = end + 2
  }

  private tag(kind: 'Statement' | 'Expression'): void {
    this.mark()
    this.push(`Open${kind}`, '')
    this.at += this.source[this.at + 2] === '-' || (kind === 'Statement' && this.source[this.at + 2] === '+') ? 3 : 2
    const close = kind === 'Statement' ? '%}' : '}}'
    const first = this.tokens.length
    let depth = 0
    for (;;) {
      this.space()
      if (this.at >= this.source.length) this.fail(`unexpected end of template, expected "${close}"`)
      if (depth === 0 && this.closes(close)) break
      const type = this.token(first)
      if (type === 'OpenCurlyBracket') depth += 1
      if (type === 'CloseCurlyBracket') depth -= 1
    }
    this.push(`Close${kind}`, '')
  }

  private closes(close: string): boolean {
    const sign = this.source[this.at]
    const signed = (sign === '-' || (sign === '+' && close === '%}')) && this.source.startsWith(close, this.at + 1)
    if (!signed && !this.source.startsWith(close, this.at)) return false
    this.strip = signed && sign === '-'
    this.at += close.length + (signed ? 1 : 0)
    return true
  }

  private mark(): void {
    for (; this.counted < this.at; this.counted += 1) if (this.source.charCodeAt(this.counted) === 10) this.line += 1
    this.push('Comment', `${linePrefix}${this.line}`)
  }

  private push(type: string, value: string): string {
    this.tokens.push({ type, value })
    return type
  }

  private space(): void {
    while (/\s/.test(this.source[this.at] ?? '')) this.at += 1
  }

  private token(first: number): string {
    const { source } = this
    const char = source[this.at] ?? ''
    if (char === '"' || char === "'") return this.string(char)
    if (char >= '0' && char <= '9') return this.number()
    name.lastIndex = this.at
    const word = name.exec(source)?.[0]
    if (word !== undefined) {
      this.at += word.length
      return this.push('Identifier', word)
    }
    const operator =
      operators.find(([text]) => source.startsWith(text, this.at)) ?? this.fail(`unexpected character "${char}"`)
    const [text, type] = operator
    this.at += text.length
    const unary = (text === '-' || text === '+') && !this.endsOperand(first)
    return this.push(unary ? 'UnaryOperator' : type, text)
  }

  /** Whether what stands before is a value, so that a sign is an operator between two values. */
  private endsOperand(first: number): boolean {
    const last = this.tokens.length > first ? this.tokens.at(-1) : undefined
    if (last === undefined) return false
    if (last.type === 'Identifier') return !words.has(last.value)
    return ['NumericLiteral', 'StringLiteral', 'CloseParen', 'CloseSquareBracket', 'CloseCurlyBracket'].includes(
      last.type,
    )
  }

  private string(quote: string): string {
    let value = ''
    for (this.at += 1; this.source[this.at] !== quote;) {
      if (this.at >= this.source.length) this.fail('the end of the string is missing')
      if (this.source[this.at] !== '\\') value += this.source[this.at++] ?? ''
      else value += this.escape()
    }
    this.at += 1
    return this.push('StringLiteral', value)
  }

  private escape(): string {
    const match = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/.exec(
      this.source.slice(this.at, this.at + 10),
    )
    if (match === null) return this.fail('the end of the string is missing')
    this.at += match[0].length
    const code = match[1] ?? match[2] ?? match[3]
    if (code !== undefined)
      return Number.parseInt(code, 16) > 0x10ffff ? match[0] : String.fromCodePoint(Number.parseInt(code, 16))
    // Python keeps the backslash of an escape it does not know.
    return escapes[match[4] ?? ''] ?? match[0]
  }

  private number(): string {
    numeral.lastIndex = this.at
    const literal = numeral.exec(this.source)?.[0] ?? ''
    this.at += literal.length
    const digits = literal.replaceAll('_', '')
    if (/[.eE]/.test(digits))
      return this.push('NumericLiteral', digits.includes('.') ? digits : digits.replace(/[eE]/, '.e'))
    if (Number.isSafeInteger(Number(digits))) return this.push('NumericLiteral', digits)
    // The parser makes a JavaScript number of an integer; a large one is read from its text at run time instead.
    this.push('StringLiteral', digits)
    this.push('Pipe', '|')
    return this.push('Identifier', 'int')
  }

  private fail(message: string): never {
    this.mark()
    throw templateError(message, this.line)
  }
}

const name = /[\p{L}_][\p{L}\p{N}_]*/uy
const numeral = /\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?/y
const words = new Set(['and', 'or', 'not', 'in', 'is', 'if', 'else', 'elif'])
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  '0': '\0',
  "'": "'",
  '"': '"',
  '\\': '\\',
  '\n': '',
}

const operators: readonly (readonly [string, string])[] = [
  ['**', 'ExponentiationBinaryOperator'],
  ['//', 'MultiplicativeBinaryOperator'],
  ['<=', 'ComparisonBinaryOperator'],
  ['>=', 'ComparisonBinaryOperator'],
  ['==', 'ComparisonBinaryOperator'],
  ['!=', 'ComparisonBinaryOperator'],
  ['<', 'ComparisonBinaryOperator'],
  ['>', 'ComparisonBinaryOperator'],
  ['(', 'OpenParen'],
  [')', 'CloseParen'],
  ['{', 'OpenCurlyBracket'],
  ['}', 'CloseCurlyBracket'],
  ['[', 'OpenSquareBracket'],
  [']', 'CloseSquareBracket'],
  [',', 'Comma'],
  ['.', 'Dot'],
  [':', 'Colon'],
  ['|', 'Pipe'],
  ['+', 'AdditiveBinaryOperator'],
  ['-', 'AdditiveBinaryOperator'],
  ['~', 'AdditiveBinaryOperator'],
  ['*', 'MultiplicativeBinaryOperator'],
  ['/', 'MultiplicativeBinaryOperator'],
  ['%', 'MultiplicativeBinaryOperator'],
  ['=', 'Equals'],
]
