import { codePointLength } from '../../values/code-points.ts'
import { parseFloatText, parseInteger } from '../../expressions/python.ts'
import { fromJs } from '../../values/codec.ts'
import { getKey, isList, isObject, setKey, type MutableObject } from '../../values/object.ts'
import { pythonRepr } from '../../values/text.ts'
import { FileValue, type ObjectValue, type Value } from '../../values/value.ts'
import type { InputVariable } from './definition.ts'
import { fileFromInput } from './file-input.ts'

export type ValidatedInputs =
  | { readonly ok: true; readonly inputs: ObjectValue }
  | { readonly ok: false; readonly error: string; readonly field: string }

/**
 * Checks the inputs of a run against the fields of its start node, in their order, and brings them to their types.
 * Unknown inputs are dropped. The texts are those that clients of the API know.
 */
export function validateInputs(variables: readonly InputVariable[], inputs: ObjectValue): ValidatedInputs {
  const result: MutableObject = {}
  for (const variable of variables) {
    const checked = check(variable, getKey(inputs, variable.variable) ?? null)
    if (checked instanceof Problem) {
      return { ok: false, error: checked.problem, field: variable.variable }
    }
    setKey(result, variable.variable, clean(checked))
  }
  return { ok: true, inputs: result }
}

/** What is wrong with an input. A class, so that no value of a user can look like it. */
class Problem {
  readonly problem: string
  constructor(problem: string) {
    this.problem = problem
  }
}

type Checked = Value | Problem

function check(variable: InputVariable, given: Value): Checked {
  const { variable: name, type } = variable
  if (given === null && variable.required === true) return new Problem(`${name} is required in input form`)
  const value = given ?? defaultOf(variable)
  if (value === null) return null
  const checker = Object.hasOwn(checkers, type) ? checkers[type] : undefined
  return checker === undefined ? value : checker(value, variable)
}

/** Editors write an empty default for a field that has none. */
function defaultOf(variable: InputVariable): Value {
  const value = fromJs(variable.default)
  return value === '' && variable.type !== 'text-input' && variable.type !== 'paragraph' ? null : value
}

const checkers: Readonly<Record<string, (value: Value, variable: InputVariable) => Checked>> = {
  'text-input': checkText,
  paragraph: checkText,
  select: checkSelect,
  number: checkNumber,
  checkbox: checkCheckbox,
  json_object: (value, { variable }) =>
    isObject(value) ? value : new Problem(`${variable} in input form must be a dict`),
  file: checkFile,
  'file-list': checkFiles,
}

function notText({ variable, type }: InputVariable): Problem {
  return new Problem(`(type '${type}') ${variable} in input form must be a string`)
}

function checkText(value: Value, variable: InputVariable): Checked {
  if (typeof value !== 'string') return notText(variable)
  const limit = variable.max_length ?? 0
  // Characters are code points, as the DSL counts them; they are only counted when the text might be too long.
  if (limit <= 0 || value.length <= limit || codePointLength(value) <= limit) return value
  return new Problem(`${variable.variable} in input form must be less than ${limit} characters`)
}

function checkSelect(value: Value, variable: InputVariable): Checked {
  if (typeof value !== 'string') return notText(variable)
  const options = variable.options ?? []
  if (options.includes(value)) return value
  return new Problem(`${variable.variable} in input form must be one of the following: ${pythonRepr(options)}`)
}

function checkNumber(value: Value, { variable }: InputVariable): Checked {
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return value
  const problem = new Problem(`${variable} in input form must be a valid number`)
  if (typeof value !== 'string') return problem
  if (value.trim() === '') return null
  return (value.includes('.') ? parseFloatText(value) : parseInteger(value)) ?? problem
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['0', false],
  ['no', false],
  ['off', false],
])

function checkCheckbox(value: Value): Checked {
  if (typeof value === 'string') return truths.get(value.trim().toLowerCase()) ?? value
  return typeof value === 'bigint' || typeof value === 'number' ? value != 0 : value
}

function checkFile(value: Value, { variable }: InputVariable): Checked {
  return fileFromInput(value) ?? new Problem(`${variable} in input form must be a file`)
}

function checkFiles(value: Value, variable: InputVariable): Checked {
  const files = isList(value) ? value.map(fileFromInput) : undefined
  if (files === undefined || !files.every(file => file !== undefined)) {
    return new Problem(`${variable.variable} in input form must be a list of files`)
  }
  const limit = variable.max_length ?? 0
  if (limit <= 0 || files.length <= limit) return files
  return new Problem(`${variable.variable} in input form must be less than ${limit} files`)
}

/** PostgreSQL and many programs cannot hold NUL characters. */
function clean(value: Value): Value {
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '') : value
  if (typeof value !== 'object' || value === null || value instanceof FileValue) return value
  if (isList(value)) return value.map(clean)
  const result: MutableObject = {}
  for (const [key, item] of Object.entries(value)) setKey(result, key, clean(item))
  return result
}
