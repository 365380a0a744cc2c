import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { codeOf, messageOf } from '../../error.ts'
import { decodeInput } from '../../values/codec.ts'
import { getKey, isList, isObject } from '../../values/object.ts'
import { textOf } from '../../values/text.ts'
import type { ObjectValue, Value } from '../../values/value.ts'
import { maxOutput, renderJinja } from './render.ts'
import { maxSteps } from './runtime.ts'

const recorded = decodeInput(readFileSync(new URL('../../../test/recordings/jinja2.json', import.meta.url), 'utf8'))
const part = (value: Value | undefined, key: string): Value =>
  value !== undefined && isObject(value) ? (getKey(value, key) ?? null) : null
const variables = part(recorded, 'variables') as ObjectValue // our recording
const cases = part(recorded, 'cases')

function failure(template: string, inputs: ObjectValue = {}): string {
  try {
    return `no failure: ${renderJinja(template, inputs).slice(0, 100)}`
  } catch (error) {
    return codeOf(error) === undefined ? `a bug: ${String(error)}` : messageOf(error)
  }
}

describe('templates as Jinja2 renders them', () => {
  for (const item of isList(cases) ? cases : []) {
    const template = textOf(part(item, 'template'))
    const output = part(item, 'output')
    it(template, () => {
      if (output === null) expect(failure(template, variables)).toMatch(/^template line 1: /)
      else expect(renderJinja(template, variables)).toBe(output)
    })
  }
})

describe('templates', () => {
  it.each([
    ['{% if %}', 'template line 1: '],
    ['a\nb\n{{ x.y.z }}', "template line 3: 'x' is undefined"],
    ['a\n{{ 1 +\n "a" }}', 'template line 2: unsupported operand'],
    ['\n\n{% for x in %}{% endfor %}', 'template line 3: '],
    ['{% if true %}\n\nno end', 'template line 1: unexpected end of template'],
    ['ok\n{{ "a }}', 'template line 2: the end of the string is missing'],
    ["{% import 'os' as os %}", 'template line 1: Unknown statement type: import'],
    ["{% extends 'a' %}", 'template line 1: Unknown statement type: extends'],
    ['{{ [1,2] | random }}', 'template line 1: random is not available'],
  ])('name the line of what is wrong: %j', (template, message) => expect(failure(template)).toContain(message))

  it.each([
    '{{ x.constructor }}',
    '{{ x.__proto__ }}',
    '{{ x["__proto__"] }}',
    '{{ o.constructor }}',
    '{{ o["hasOwnProperty"] }}',
    '{{ o.toString }}',
    '{{ l.length }}',
    '{{ l.map }}',
    '{{ (1).toString }}',
    '{{ constructor }}',
    '{{ o | attr("constructor") }}',
    '{{ [o] | map(attribute="__proto__") | first | default("", true) }}',
  ])('cannot reach JavaScript: %s', template => expect(renderJinja(template, { x: 'a', o: {}, l: [1n] })).toBe(''))

  it.each([
    '{{ x.constructor.constructor("return 1")() }}',
    '{{ o.__class__.__mro__ }}',
    '{{ "".__class__.x }}',
    '{{ x.constructor() }}',
  ])('cannot call JavaScript: %s', template =>
    expect(failure(template, { x: 'a', o: {} })).toContain('has no attribute'),
  )

  it.each([
    '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
    '{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}',
    '{{ "a" * 10000000000 }}',
    '{{ [1] * 10000000000 }}',
    '{{ range(10000000000) | list }}',
    '{{ 10 ** 1000000000 }}',
    '{{ "%1000000000d" | format(1) }}',
    '{{ "{:>1000000000}".format(1) }}',
    '{{ "x" | indent(1000000000) }}',
    '{{ "x".ljust(1000000000) }}',
    '{% set ns = namespace(s="aaaaaaaaaa") %}{% for i in range(1000) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}',
    '{% set ns = namespace(l=[1]) %}{% for i in range(1000) %}{% set ns.l = ns.l + ns.l %}{% endfor %}',
    `{{ ${'('.repeat(20_000)}1${')'.repeat(20_000)} }}`,
    `{{ ${'['.repeat(20_000)} }}`,
    '{% set l = [] %}{% set _ = l.append(l) %}{{ l }}',
  ])('cannot exhaust the machine: %#', template => {
    const started = performance.now()
    expect(failure(template)).not.toMatch(/^(no failure|a bug)/)
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  const again = (statement: string): string => `{% for i in range(100000) %}${statement}{% endfor %}`
  it.each([
    again(again('')),
    again('{% for a in "a" %}{% for b in "b" %}{% for c in "c" %}{% endfor %}{% endfor %}{% endfor %}'),
    '{% macro f(n) %}{% if n > 0 %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}',
    again('{% set _ = text|length %}'),
    again('{% set _ = text[:2] %}'),
    again('{% set _ = text is lower %}'),
    again('{% set _ = text|title %}'),
    again('{% set _ = "z" in text %}'),
    again('{% set _ = list == copy %}'),
    again('{% set _ = list is eq copy %}'),
    again('{% set _ = -1 in list %}'),
    again('{% set _ = [list] | unique | list %}{% set _ = [list].count(copy) %}'),
    again('{% set _ = list < copy %}'),
    again('{% set _ = list|tojson %}'),
    '{{ ([list] * 1000)|sort|length }}',
    '{{ (range(100000)|map("float")|map("string")|list + [[0.5]] * 100000)|unique|list|length }}',
  ])('stop after so many steps: %s', template => {
    const list = Array.from({ length: 10_000 }, (_, index) => BigInt(index))
    expect(failure(template, { list, copy: [...list], text: 'ab c '.repeat(20_000) })).toContain(
      `the template computes too long: more than ${maxSteps} steps`,
    )
  })

  it.each([
    '{% for i in list %}{{ loop.index }} {{ i.name|upper }}{% if i.n > 5 %}{{ i.n }}{% else %}low{% endif %}{% if not loop.last %}, {% endif %}{% endfor %}',
    '{% for i in list|sort(attribute="name", reverse=true) %}{{ i.name }}{% endfor %}',
    '{% for i in list|selectattr("n", "gt", 10)|map(attribute="name")|unique %}{{ i }}{% endfor %}',
    '{{ list|map(attribute="n")|unique|list|length }}',
    '{% set ns = namespace(t=0) %}{% for i in list %}{% set ns.t = ns.t + i.n %}{% endfor %}{{ ns.t }}',
    '{{ list|tojson }}',
  ])('work through lists of 10,000: %s', template => {
    const list = Array.from({ length: 10_000 }, (_, index) => ({ name: `item ${index}`, n: BigInt(index) }))
    expect(failure(template, { list })).toContain('no failure: ')
  })

  it('take 1, 1.0 and true for the same', () => {
    expect(renderJinja('{{ [1, 1.0, true, 1.5, "1", none, 1.5, none, [1], [1.0]]|unique|list }}', {})).toBe(
      "[1, 1.5, '1', None, [1]]",
    )
  })

  it('write at most 400,000 characters', () => {
    const text = 'x'.repeat(maxOutput)
    expect(renderJinja('{{ a }}', { a: text })).toBe(text)
    expect(renderJinja('{{ a }}', { a: '😀'.repeat(maxOutput) })).toHaveLength(2 * maxOutput)
    expect(failure('{{ a }}x', { a: text })).toBe('Output length exceeds 400000 characters')
    expect(failure('{{ a }}{{ a }}{{ a }}', { a: text })).toBe('Output length exceeds 400000 characters')
  })

  it('change no variable of the run', () => {
    const list = [1n]
    const object = { k: list }
    expect(
      renderJinja('{% set _ = l.append(2) %}{% set _ = o.update({"z": 1}) %}{{ l }}{{ o }}', { l: list, o: object }),
    ).toBe("[1, 2]{'k': [1], 'z': 1}")
    expect([list, object]).toStrictEqual([[1n], { k: [1n] }])
  })
})
