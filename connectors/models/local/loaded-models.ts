import { RiskloomError } from '../../../engine/error.ts'
import { sha256 } from './content-hash.ts'
import type { LinearModel } from './linear-model.ts'
import { decodeModel } from './model-blob.ts'
import type { LocalClassifierServices } from './services.ts'

/** Classifiers kept in memory; each takes 2 to 8 MB. */
const mostLoaded = 16

/** The models used last, by workspace, name and version. A version never changes, so nothing here grows stale. */
export class LoadedModels {
  readonly #services: LocalClassifierServices
  readonly #loading = new Map<string, Promise<LinearModel>>()
  /** The order of insertion is the order of use: the first was not used for longest. */
  readonly #ready = new Map<string, LinearModel>()

  constructor(services: LocalClassifierServices) {
    this.#services = services
  }

  ready(workspace: string, name: string, version: number): LinearModel | undefined {
    const key = `${workspace}/${name}/${version}`
    const model = this.#ready.get(key)
    if (model !== undefined && this.#ready.size > 1) {
      this.#ready.delete(key)
      this.#ready.set(key, model)
    }
    return model
  }

  async find(workspace: string, name: string, version: number): Promise<LinearModel> {
    const model = this.ready(workspace, name, version)
    if (model !== undefined) return model
    const key = `${workspace}/${name}/${version}`
    const loading = this.#loading.get(key) ?? load(this.#services, workspace, name, version)
    this.#loading.set(key, loading)
    try {
      this.#keep(key, await loading)
      return await loading
    } finally {
      this.#loading.delete(key)
    }
  }

  #keep(key: string, model: LinearModel): void {
    this.#ready.set(key, model)
    const [oldest] = this.#ready.keys()
    if (this.#ready.size > mostLoaded && oldest !== undefined) this.#ready.delete(oldest)
  }
}

async function load(
  services: LocalClassifierServices,
  workspace: string,
  name: string,
  version: number,
): Promise<LinearModel> {
  const record = await services.records.workspace(workspace).models.classifier(name, version)
  if (record === undefined) throw unknownClassifier(name, version)
  const bytes = await services.blobs.get(record.blob)
  if (bytes === undefined || sha256(bytes) !== record.hash) {
    throw new RiskloomError(
      'corrupt-data',
      `the bytes of classifier ${name} version ${record.version} are not those that were stored (${record.blob})`,
    )
  }
  return decodeModel(bytes, record.blob)
}

export function unknownClassifier(name: string, version: number): RiskloomError {
  const which = version === 0 ? '' : ` version ${version}`
  return new RiskloomError('classifier-not-found', `there is no classifier ${name}${which}`, {
    details: { name, version },
  })
}
