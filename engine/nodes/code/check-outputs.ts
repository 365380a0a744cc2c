import { getKey, isList, isObject, setKey, type MutableObject } from '../../values/object.ts'
import type { ObjectValue, Value } from '../../values/value.ts'
import { OutputError, checkNumber, checkString, pythonType } from './check-value.ts'
import type { CodeOutput } from './definition.ts'
import { outputLimits } from './limits.ts'

type Declared = Readonly<Record<string, CodeOutput>>

/**
 * What `main` returned, held against the declared outputs.
 *
 * @throws OutputError in the words of the DSL
 */
export function checkOutputs(result: ObjectValue, declared: Declared): ObjectValue {
  return checkObject(result, declared, '', 1)
}

function checkObject(result: ObjectValue, declared: Declared, prefix: string, depth: number): ObjectValue {
  checkDepth(depth)
  const checked: MutableObject = {}
  for (const [key, output] of Object.entries(declared)) {
    const name = prefix === '' ? key : `${prefix}.${key}`
    const value = getKey(result, key)
    if (value === undefined) throw new OutputError(`Output ${name} is missing.`)
    setKey(checked, key, checkOne(value, output, name, depth))
  }
  if (Object.keys(checked).length !== Object.keys(result).length) {
    throw new OutputError('Not all output parameters are validated.')
  }
  return checked
}

function checkOne(value: Value, output: CodeOutput, name: string, depth: number): Value {
  switch (output.type) {
    case 'string':
      return checkString(value, name)
    case 'number':
      return checkNumber(value, name)
    case 'boolean':
      // Never checked by the DSL; documents rely on it.
      return value
    case 'object':
      return value === null ? null : checkKeys(value, output, name, depth)
    default:
      return value === null ? null : checkList(value, output, name, depth)
  }
}

function checkKeys(value: Value, output: CodeOutput, name: string, depth: number, at = ''): Value {
  if (!isObject(value)) {
    throw new OutputError(`Output ${name} is not an object, got <class '${pythonType(value)}'> instead${at}.`)
  }
  if (output.children) return checkObject(value, output.children, name, depth + 1)
  checkFree(value, name, depth + 1)
  return value
}

function checkList(value: Value, output: CodeOutput, name: string, depth: number): Value {
  if (!isList(value))
    throw new OutputError(`Output ${name} is not an array, got <class '${pythonType(value)}'> instead.`)
  const type = output.type as keyof typeof outputLimits.items // the four list types are left
  if (value.length > outputLimits.items[type]) {
    throw new OutputError(
      `The length of output variable \`${name}\` must be less than ${outputLimits.items[type]} elements.`,
    )
  }
  return value.map((item, index) => checkItem(item, output, `${name}[${index}]`, depth, index))
}

function checkItem(item: Value, output: CodeOutput, name: string, depth: number, index: number): Value {
  if (output.type === 'array[string]') return checkString(item, name)
  if (output.type === 'array[object]')
    return item === null ? null : checkKeys(item, output, name, depth, ` at index ${index}`)
  if (output.type === 'array[boolean]') return checkBoolean(item, name)
  if (item === null) throw new OutputError(`Output ${name} is not a number, got <class 'NoneType'> instead.`)
  return checkNumber(item, name)
}

function checkBoolean(item: Value, name: string): Value {
  if (item === null || typeof item === 'boolean') return item
  throw new OutputError(`Output ${name} is not a boolean, got <class '${pythonType(item)}'> instead.`)
}

/** An object whose keys are not declared: the limits hold all the same. */
function checkFree(value: Value, name: string, depth: number): void {
  if (typeof value === 'string') checkString(value, name)
  else if (typeof value === 'number' || typeof value === 'bigint') checkNumber(value, name)
  else if (isList(value)) checkFreeList(value, name, depth)
  else if (isObject(value)) {
    checkDepth(depth)
    for (const [key, item] of Object.entries(value))
      checkFree(item, `${name}.${key}`, isObject(item) ? depth + 1 : depth)
  }
}

function checkFreeList(list: readonly Value[], name: string, depth: number): void {
  const kinds = new Set(list.filter(item => item !== null).map(kindOf))
  if (kinds.size > 1) {
    throw new OutputError(`Output ${name} is not a valid array. make sure all elements are of the same type.`)
  }
  checkDepth(depth)
  for (const [index, item] of list.entries()) {
    checkFree(item, `${name}[${index}]`, isObject(item) || isList(item) ? depth + 1 : depth)
  }
}

/** Integers, floats and booleans go together in Python. */
function kindOf(value: Value): string {
  return ['bigint', 'number', 'boolean'].includes(typeof value) ? 'number' : pythonType(value)
}

function checkDepth(depth: number): void {
  if (depth <= outputLimits.depth) return
  throw new OutputError(`Depth limit ${outputLimits.depth} reached, object too deep.`, 'DepthLimitError')
}
