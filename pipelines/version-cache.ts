import { RiskloomError } from '../engine/error.ts'
import { readDocument } from '../engine/graph/document.ts'
import type { WorkspaceRecords } from '../engine/ports/records.ts'
import type { Pipeline } from '../schemas/pipeline.ts'
import type { Version } from '../schemas/version.ts'
import { compileMapping, type Mapping } from './mapping.ts'

/** A version with what its inputs are made from. */
export interface MappedVersion {
  readonly version: Version
  readonly mapping: Mapping
}

export interface VersionCache {
  /** Id of the version that the next plan pins. Rejects with `app-not-published` when there is none. */
  current(): Promise<string>
  get(id: string): Promise<MappedVersion>
}

/** Versions never change, so each is read and mapped once. */
export function createVersionCache(records: WorkspaceRecords, pipeline: Pipeline): VersionCache {
  const known = new Map<string, MappedVersion>()
  return {
    async current() {
      if (pipeline.versionId !== null) return pipeline.versionId
      const app = await records.apps.get(pipeline.appId)
      if (app?.publishedVersion == null) {
        throw new RiskloomError(
          'app-not-published',
          `pipeline ${pipeline.id}: app ${pipeline.appId} has no published version`,
        )
      }
      return app.publishedVersion
    },
    async get(id) {
      const cached = known.get(id)
      if (cached !== undefined) return cached
      const version = await records.apps.version(id)
      if (version === undefined)
        throw new RiskloomError('not-found', `pipeline ${pipeline.id}: there is no version ${id}`)
      const mapped = { version, mapping: compileMapping(inputsOf(version.document), pipeline.settings.mapping) }
      known.set(id, mapped)
      return mapped
    },
  }
}

/** Names of the inputs that the start node declares. */
export function inputsOf(document: string): string[] {
  const nodes = readDocument(document).document?.workflow?.nodes ?? []
  const start = nodes.find(node => node.data['type'] === 'start')
  const variables = start?.data['variables']
  if (!Array.isArray(variables)) return []
  return variables.flatMap((variable: unknown) => {
    const name =
      typeof variable === 'object' && variable !== null && 'variable' in variable ? variable.variable : undefined
    return typeof name === 'string' ? [name] : []
  })
}
