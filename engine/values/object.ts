import { FileValue, type ObjectValue, type Value } from './value.ts'

/** An object under construction. */
export type MutableObject = Record<string, Value>

/** Sets an own key whatever its name: `__proto__` is data like any other. */
export function setKey(object: MutableObject, key: string, value: Value): void {
  if (key === '__proto__')
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
  else object[key] = value
}

/** An own key’s value; undefined when there is none. */
export function getKey(object: ObjectValue, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

export function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value)
}

export function isObject(value: Value | undefined): value is ObjectValue {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof FileValue)
}

/** The attributes of a file as the DSL names them (third part of a selector). */
export function fileAttribute(file: FileValue, name: string): Value | undefined {
  switch (name) {
    case 'type':
      return file.type
    case 'size':
      return BigInt(file.size)
    case 'name':
      return file.name
    case 'mime_type':
      return file.mimeType
    case 'transfer_method':
      return file.transferMethod
    case 'url':
      return file.url
    case 'extension':
      return file.extension
    case 'related_id':
      return file.relatedId
    default:
      return undefined
  }
}

/** A file as an object: what templates, code and API answers see of it. */
export function fileObject(file: FileValue): ObjectValue {
  return {
    dify_model_identity: '__dify__file__',
    type: file.type,
    transfer_method: file.transferMethod,
    related_id: file.relatedId,
    filename: file.name,
    extension: file.extension,
    mime_type: file.mimeType,
    size: BigInt(file.size),
    url: file.url,
  }
}
