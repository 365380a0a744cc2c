import { parse as parseTokens } from '@huggingface/jinja'
import { codeOf, messageOf } from '../../error.ts'
import type { Statement } from './ast.ts'
import { templateError } from './fault.ts'
import { linePrefix, testFilter, tokenize, type Token } from './lexer.ts'

const cacheSize = 500
const cache = new Map<string, readonly Statement[]>()

/** The statements of a template. @throws RiskloomError `node-failed` with the line when it cannot be read */
export function parseTemplate(source: string): readonly Statement[] {
  const known = cache.get(source)
  if (known !== undefined) return known
  const statements = read(source)
  if (cache.size >= cacheSize) cache.clear()
  cache.set(source, statements)
  return statements
}

function read(source: string): readonly Statement[] {
  const tokens = liftTests(tokenize(source))
  let furthest = 0
  // The parser reports no positions: which token it looked at last tells the line.
  const watched = new Proxy(tokens, {
    get(target, key, receiver): unknown {
      if (typeof key === 'string' && /^\d+$/.test(key)) furthest = Math.max(furthest, Number(key))
      return Reflect.get(target, key, receiver)
    },
  })
  try {
    // The library’s types lack the discriminant that its nodes carry; the parameter is structural.
    const program = parseTokens(watched as unknown as Parameters<typeof parseTokens>[0]) as unknown as {
      body: Statement[]
    }
    return program.body
  } catch (error) {
    if (codeOf(error) !== undefined) throw error
    throw templateError(reasonOf(error, tokens[furthest]), lineAt(tokens, furthest))
  }
}

function reasonOf(error: unknown, token: Token | undefined): string {
  if (error instanceof RangeError) return 'the template nests too deep'
  if (token === undefined || error instanceof TypeError) return 'unexpected end of template'
  return messageOf(error).replace('Parser Error: ', '')
}

function lineAt(tokens: readonly Token[], index: number): number {
  for (let at = Math.min(index, tokens.length - 1); at >= 0; at -= 1) {
    const token = tokens[at]
    if (token?.type === 'Comment' && token.value.startsWith(linePrefix))
      return Number(token.value.slice(linePrefix.length))
  }
  return 1
}

const literals = new Set(['NumericLiteral', 'StringLiteral'])
const connectives = new Set(['and', 'or', 'not', 'is', 'in', 'if', 'else'])
const brackets: ReadonlyMap<string, string> = new Map([
  ['OpenParen', 'CloseParen'],
  ['OpenSquareBracket', 'CloseSquareBracket'],
  ['OpenCurlyBracket', 'CloseCurlyBracket'],
])

/** `x is [not] name(a)` and `x is [not] name a` become filters, which bind the same way and may have arguments. */
function liftTests(tokens: readonly Token[]): Token[] {
  const result: Token[] = []
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at]
    if (token === undefined) continue
    const test = isWord(token, 'is') ? testAt(tokens, at) : undefined
    if (test === undefined) result.push(token)
    else {
      result.push({ type: 'Pipe', value: '|' }, { type: 'Identifier', value: test.filter })
      if (test.bare.length > 0) {
        result.push({ type: 'OpenParen', value: '(' }, ...liftTests(test.bare), { type: 'CloseParen', value: ')' })
      }
      at = test.last
    }
  }
  return result
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.type === 'Identifier' && token.value === word
}

/** A test with arguments at `is`, the place where it ends, and its argument where that has no parentheses. */
function testAt(
  tokens: readonly Token[],
  at: number,
): { filter: string; last: number; bare: readonly Token[] } | undefined {
  const negated = isWord(tokens[at + 1], 'not')
  const nameAt = at + (negated ? 2 : 1)
  const name = tokens[nameAt]
  const next = tokens[nameAt + 1]
  if (name?.type !== 'Identifier' || next === undefined) return undefined
  const filter = `${negated ? testFilter.isNot : testFilter.is}${name.value}`
  if (next.type === 'OpenParen') return { filter, last: nameAt, bare: [] }
  const starts =
    next.type === 'Identifier' ? !connectives.has(next.value) : literals.has(next.type) || brackets.has(next.type)
  if (!starts) return undefined
  const end = operandEnd(tokens, nameAt + 1)
  return { filter, last: end - 1, bare: tokens.slice(nameAt + 1, end) }
}

/** Behind a name, literal or bracket with the members, subscripts and calls that follow it. */
function operandEnd(tokens: readonly Token[], start: number): number {
  let at = brackets.has(tokens[start]?.type ?? '') ? closing(tokens, start) : start + 1
  for (;;) {
    const type = tokens[at]?.type
    if (type === 'Dot') at += 2
    else if (type === 'OpenParen' || type === 'OpenSquareBracket') at = closing(tokens, at)
    else return at
  }
}

/** Behind the bracket that closes the one at `start`. */
function closing(tokens: readonly Token[], start: number): number {
  let depth = 0
  for (let at = start; at < tokens.length; at += 1) {
    const type = tokens[at]?.type ?? ''
    if (brackets.has(type)) depth += 1
    else if (type.startsWith('Close') && depth > 0) depth -= 1
    if (depth === 0) return at + 1
  }
  return tokens.length
}
