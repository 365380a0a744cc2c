import { RiskloomError } from '../engine/error.ts'
import type { Records } from '../engine/ports/records.ts'
import type { App } from '../schemas/app.ts'
import type { Version } from '../schemas/version.ts'
import { recent } from './recent.ts'

export interface InForce {
  readonly app: App
  readonly version: Version
}

/** The published version of an app, asked for by every run. */
export interface InForceLookup {
  get(workspace: string, appId: string): Promise<InForce>
  /** The app alone, published or not. */
  app(workspace: string, appId: string): Promise<App>
  /** After a publish in this process; other processes follow within half a second. */
  forget(workspace: string, appId: string): void
}

export function inForceLookup(records: Records): InForceLookup {
  const pointers = recent<App | undefined>(500, key => {
    const { workspace, id } = named(key)
    return records.workspace(workspace).apps.get(id)
  })
  // A version never changes.
  const versions = recent<Version | undefined>(600_000, key => {
    const { workspace, id } = named(key)
    return records.workspace(workspace).apps.version(id)
  })
  async function load(workspace: string, appId: string): Promise<App> {
    const app = await pointers.get(keyOf(workspace, appId))
    if (app === undefined) throw new RiskloomError('not-found', `there is no app ${appId}`)
    return app
  }
  return {
    app: load,
    async get(workspace, appId) {
      const app = await load(workspace, appId)
      const version =
        app.publishedVersion === null ? undefined : await versions.get(keyOf(workspace, app.publishedVersion))
      if (version === undefined) throw new RiskloomError('app-not-published', 'Workflow not published')
      return { app, version }
    },
    forget(workspace, appId) {
      pointers.forget(keyOf(workspace, appId))
    },
  }
}

const keyOf = (workspace: string, id: string): string => `${workspace}/${id}`

function named(key: string): { workspace: string; id: string } {
  const slash = key.indexOf('/')
  return { workspace: key.slice(0, slash), id: key.slice(slash + 1) }
}
