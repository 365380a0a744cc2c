import { holds } from '../../expressions/condition.ts'
import { fromJs } from '../../values/codec.ts'
import { fileAttribute } from '../../values/object.ts'
import type { FileValue, Value } from '../../values/value.ts'
import type { Condition, SubCondition } from './definition.ts'

/**
 * Whether conditions on attributes hold for a list of files: one file is enough,
 * unless the operator is a negation, which all files must satisfy.
 */
export function holdsForFiles(
  files: readonly FileValue[],
  group: NonNullable<Condition['sub_variable_condition']>,
  render: (template: string) => string,
): boolean {
  const results = group.conditions.map(condition => testFiles(files, condition, render))
  return group.logical_operator === 'and' ? !results.includes(false) : results.includes(true)
}

function testFiles(
  files: readonly FileValue[],
  condition: SubCondition,
  render: (template: string) => string,
): boolean {
  const { key, comparison_operator: operator, value } = condition
  const text: Value = typeof value === 'string' ? render(value) : fromJs(value)
  const expected = key === 'extension' ? withDot(text) : text
  const results = files.map(file => holds(fileAttribute(file, key) ?? null, operator, expected))
  return operator.includes('not') ? !results.includes(false) : results.includes(true)
}

/** `pdf` and `.pdf` mean the same. */
function withDot(expected: Value): Value {
  if (Array.isArray(expected)) return expected.map((item: Value) => withDot(item))
  return typeof expected === 'string' && expected !== '' && !expected.startsWith('.') ? `.${expected}` : expected
}
