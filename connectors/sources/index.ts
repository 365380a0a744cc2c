import type { SourceReader } from '../../engine/ports/source-reader.ts'
import { fileReader } from './file.ts'

/** Readers of offline sources, one a kind. Pushed and generated events need none: they are appended as they come. */
export const sourceReaders: readonly SourceReader[] = [fileReader]
