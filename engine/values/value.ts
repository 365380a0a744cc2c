/**
 * A value of a workflow. The JavaScript type is the tag: `bigint` is an integer, `number` a float, so 1 and 1.0 stay
 * apart and integers are exact to 2^63. Objects are plain and their keys are data (`__proto__` is a key like any other).
 */
export type Value = null | string | boolean | bigint | number | FileValue | readonly Value[] | ObjectValue

export interface ObjectValue {
  readonly [key: string]: Value
}

/** A file by reference; its bytes are a blob or an address. */
export class FileValue {
  readonly type: 'image' | 'document' | 'audio' | 'video' | 'custom'
  readonly transferMethod: 'local_file' | 'remote_url' | 'tool_file'
  readonly name: string
  readonly extension: string
  readonly mimeType: string
  /** Bytes. */
  readonly size: number
  readonly url: string
  readonly relatedId: string

  constructor(fields: Omit<FileValue, never>) {
    this.type = fields.type
    this.transferMethod = fields.transferMethod
    this.name = fields.name
    this.extension = fields.extension
    this.mimeType = fields.mimeType
    this.size = fields.size
    this.url = fields.url
    this.relatedId = fields.relatedId
  }
}
