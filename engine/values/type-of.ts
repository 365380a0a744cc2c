import { FileValue, type Value } from './value.ts'

export type ValueType =
  | 'none'
  | 'string'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'object'
  | 'file'
  | 'array[any]'
  | 'array[string]'
  | 'array[number]'
  | 'array[object]'
  | 'array[file]'
  | 'array[boolean]'

/** The type of a value. A list has the type of its items where they agree (integers and floats agree as numbers). */
export function typeOf(value: Value): ValueType {
  switch (typeof value) {
    case 'string':
      return 'string'
    case 'bigint':
      return 'integer'
    case 'number':
      return 'float'
    case 'boolean':
      return 'boolean'
    default:
      if (value === null) return 'none'
      if (Array.isArray(value)) return listType(value)
      return value instanceof FileValue ? 'file' : 'object'
  }
}

/** The type as documents name it, where integers and floats are both `number`. */
export function documentType(value: Value): string {
  const type = typeOf(value)
  return type === 'integer' || type === 'float' ? 'number' : type
}

function listType(list: readonly Value[]): ValueType {
  const types = new Set(list.map(documentType))
  if (types.size !== 1) return 'array[any]'
  if (types.has('string')) return 'array[string]'
  if (types.has('number')) return 'array[number]'
  if (types.has('object')) return 'array[object]'
  if (types.has('file')) return 'array[file]'
  return types.has('boolean') ? 'array[boolean]' : 'array[any]'
}
