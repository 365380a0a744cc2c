import { describe, expect, it } from 'vitest'
import { renderTemplate, templateSelectors } from './template.ts'
import type { Value } from '../values/value.ts'

const variables: Readonly<Record<string, Value>> = {
  'start.q': 'v',
  'n1.f': 1,
  'sys.user_id': 'u',
  'a.none': null,
  'a.o.k': [1n],
}
const render = (template: string): string => renderTemplate(template, selector => variables[selector.join('.')])

describe('markers in texts', () => {
  it.each([
    ['plain', 'plain'],
    ['{{#start.q#}}', 'v'],
    ['a {{#n1.f#}} b {{#sys.user_id#}}', 'a 1.0 b u'],
    ['{{#a.none#}}|{{#a.o.k#}}', '|[1]'],
    ['{{#nope.x#}}', 'nope.x'],
    ['{{ start.q }}', '{{ start.q }}'],
    ['{{# start.q #}}', '{{# start.q #}}'],
    ['{{#start#}}', '{{#start#}}'],
    ['{{#start.1q#}}', '{{#start.1q#}}'],
    ['{{#context#}}', '{{#context#}}'],
    [`{{#a.${'x'.repeat(31)}#}}`, `{{#a.${'x'.repeat(31)}#}}`],
    ['{{{#start.q#}}}', '{v}'],
    ['$& {{#start.q#}} $1', '$& v $1'],
  ])('%s', (template, text) => expect(render(template)).toBe(text))

  it('does not render what a value brings in', () => {
    expect(renderTemplate('{{#a.b#}}', () => '{{#c.d#}}')).toBe('{{#c.d#}}')
  })

  it('names what it reads', () =>
    expect(templateSelectors('{{#a.b#}} {{#c.d.e#}}')).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ]))
})
