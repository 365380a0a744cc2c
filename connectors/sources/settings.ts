import type { SourceSettings } from '../../schemas/source.ts'

export type FileSettings = Extract<SourceSettings, { kind: 'file' }>
