import { getKey, isObject } from '../../values/object.ts'
import { FileValue, type ObjectValue, type Value } from '../../values/value.ts'

const kinds = ['image', 'document', 'audio', 'video', 'custom'] as const
const methods = ['local_file', 'remote_url', 'tool_file'] as const

/** A file as clients name it in inputs: by address, or by the id of an upload. Undefined when it is none. */
export function fileFromInput(value: Value): FileValue | undefined {
  if (value instanceof FileValue) return value
  if (!isObject(value)) return undefined
  const type = kinds.find(kind => kind === getKey(value, 'type'))
  const transferMethod = methods.find(method => method === getKey(value, 'transfer_method'))
  if (type === undefined || transferMethod === undefined) return undefined
  const url = text(value, 'url') || text(value, 'remote_url')
  const relatedId = text(value, 'upload_file_id') || text(value, 'related_id')
  if (transferMethod === 'remote_url' ? url === '' : relatedId === '') return undefined
  const name = text(value, 'filename') || nameInAddress(url)
  const extension = text(value, 'extension') || extensionOf(name)
  const size = getKey(value, 'size')
  return new FileValue({
    type,
    transferMethod,
    name,
    extension,
    mimeType: text(value, 'mime_type'),
    size: typeof size === 'bigint' ? Number(size) : -1,
    url,
    relatedId,
  })
}

function text(object: ObjectValue, key: string): string {
  const value = getKey(object, key)
  return typeof value === 'string' ? value : ''
}

function nameInAddress(url: string): string {
  return url.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? ''
}

function extensionOf(name: string): string {
  const dot = name.lastIndexOf('.')
  return dot > 0 ? name.slice(dot) : ''
}
