import { RiskloomError } from '../error.ts'
import { setKey, type MutableObject } from './object.ts'
import type { Value } from './value.ts'

/** Key of an object in JSON that stands for something else: `{"$riskloom":{…}}` is a file. */
export const tag = '$riskloom'
const tagLike = /^\$+riskloom$/

/** A key of a user that looks like the tag gets one more `$`, so that no data can pass for a file. */
export function escapeKey(key: string): string {
  return key.charCodeAt(0) === 36 && tagLike.test(key) ? `$${key}` : key
}

function unescapeKey(key: string): string {
  return tagLike.test(key) ? key.slice(1) : key
}

/** Deepest nesting that is read or written. */
export const depthLimit = 200

const numberPattern = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y
const maxIntegerDigits = 400

/** Reads JSON without losing the difference between `1` and `1.0`, which `JSON.parse` cannot keep. */
export class JsonReader {
  private readonly text: string
  private readonly untag: ((content: Value) => Value) | undefined
  private at = 0
  private depth = 0

  /** `untag` makes a value of what stands under the tag; without it the tag is a key like any other. */
  constructor(text: string, untag: ((content: Value) => Value) | undefined) {
    this.text = text
    this.untag = untag
  }

  read(): Value {
    const value = this.value()
    this.space()
    if (this.at < this.text.length) this.fail('end of text')
    return value
  }

  private value(): Value {
    this.space()
    switch (this.text.charCodeAt(this.at)) {
      case 34:
        return this.string()
      case 123:
        return this.object()
      case 91:
        return this.list()
      case 116:
        return this.word('true', true)
      case 102:
        return this.word('false', false)
      case 110:
        return this.word('null', null)
      default:
        return this.number()
    }
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      this.at += 1
    }
  }

  private word<T extends Value>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) this.fail('a value')
    this.at += word.length
    return value
  }

  private string(): string {
    const start = this.at + 1
    for (let at = start; at < this.text.length; at += 1) {
      const code = this.text.charCodeAt(at)
      if (code === 34) {
        this.at = at + 1
        return this.text.slice(start, at)
      }
      if (code === 92) return this.escapedString(start, at)
      if (code < 32) {
        this.at = at
        this.fail('no control character in a string')
      }
    }
    return this.fail('the end of a string')
  }

  /** A string with escapes: found to its end here, then left to `JSON.parse`, which is exact and native. */
  private escapedString(start: number, firstEscape: number): string {
    let at = firstEscape
    while (at < this.text.length && this.text.charCodeAt(at) !== 34) at += this.text.charCodeAt(at) === 92 ? 2 : 1
    try {
      const parsed: unknown = JSON.parse(this.text.slice(start - 1, at + 1))
      this.at = at + 1
      if (typeof parsed === 'string') return parsed
    } catch {
      this.at = start
    }
    return this.fail('a string with valid escapes')
  }

  private number(): Value {
    numberPattern.lastIndex = this.at
    const match = numberPattern.exec(this.text)
    if (match === null) return this.fail('a value')
    this.at = numberPattern.lastIndex
    const [literal, fraction, exponent] = match
    if (fraction !== undefined || exponent !== undefined) return this.float(literal)
    if (literal.length < 16) return BigInt(Number(literal))
    // Reading an integer takes quadratic time; nobody means one with thousands of digits.
    if (literal.length > maxIntegerDigits) this.fail(`an integer of at most ${maxIntegerDigits} digits`)
    return BigInt(literal)
  }

  private float(literal: string): number {
    const value = Number(literal)
    if (!Number.isFinite(value)) this.fail('a number a float can hold')
    return value
  }

  private list(): Value {
    this.enter()
    const list: Value[] = []
    this.space()
    if (this.text.charCodeAt(this.at) !== 93) {
      do list.push(this.value())
      while (this.comma(93, 'a comma or the end of a list'))
    }
    this.leave()
    return list
  }

  private object(): Value {
    this.enter()
    const object: MutableObject = {}
    let tagged: Value | undefined
    this.space()
    if (this.text.charCodeAt(this.at) !== 125) {
      do tagged = this.entry(object) ?? tagged
      while (this.comma(125, 'a comma or the end of an object'))
    }
    this.leave()
    return tagged === undefined ? object : tagged
  }

  /** Adds an entry to the object; gives the value that takes the object’s place when the entry is the tag. */
  private entry(object: MutableObject): Value | undefined {
    this.space()
    if (this.text.charCodeAt(this.at) !== 34) this.fail('a key')
    const key = this.string()
    this.space()
    if (this.text.charCodeAt(this.at) !== 58) this.fail('a colon')
    this.at += 1
    const value = this.value()
    if (this.untag !== undefined && key.charCodeAt(0) === 36) {
      if (key === tag) return this.untag(value)
      setKey(object, unescapeKey(key), value)
    } else setKey(object, key, value)
    return undefined
  }

  /** True behind a comma, false before the closing character. */
  private comma(close: number, expected: string): boolean {
    this.space()
    const code = this.text.charCodeAt(this.at)
    if (code === close) return false
    if (code !== 44) this.fail(expected)
    this.at += 1
    return true
  }

  private enter(): void {
    this.depth += 1
    if (this.depth > depthLimit) this.fail(`at most ${depthLimit} levels`)
    this.at += 1
  }

  private leave(): void {
    this.depth -= 1
    this.at += 1
  }

  private fail(expected: string): never {
    throw new RiskloomError('invalid-request', `invalid JSON at offset ${this.at}: expected ${expected}`, {
      details: { offset: this.at, expected },
    })
  }
}
