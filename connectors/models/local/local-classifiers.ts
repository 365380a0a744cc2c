import { createHash } from 'node:crypto'
import { RiskloomError } from '../../../engine/error.ts'
import type { Blobs } from '../../../engine/ports/blobs.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { ClassifyRequest, ClassifyResult } from '../../../engine/ports/models.ts'
import type { ClassifierRecord, ModelRecords, SampleRecords } from '../../../engine/ports/records.ts'
import type { Sample, SampleSet } from '../../../schemas/sample-set.ts'
import { classifyText } from './classify.ts'
import type { LinearModel } from './linear-model.ts'
import { decodeModel } from './model-blob.ts'
import { encodeSamples } from './sample-rows.ts'
import { trainApart } from './train-apart.ts'
import type { ClassifierReport } from './train.ts'

export interface LocalClassifierServices {
  readonly blobs: Pick<Blobs, 'put' | 'get'>
  readonly records: {
    workspace(id: string): {
      readonly models: Pick<ModelRecords, 'addClassifier' | 'classifier'>
      readonly samples: Pick<SampleRecords, 'add' | 'get'>
    }
  }
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

export interface TrainRequest {
  readonly workspace: string
  /** Name of the classifier; the result is its next version. */
  readonly name: string
  readonly sampleSet: string
  /** 0 means the newest. */
  readonly sampleSetVersion: number
  readonly settings?: Partial<ClassifierReport['settings']>
  readonly signal?: AbortSignal
}

/** The provider `local`: linear text classifiers that are trained here and need no key. */
export interface LocalClassifiers {
  /** Fails with `classifier-not-found`, or `corrupt-data` when its blob is damaged or gone. */
  classify(request: ClassifyRequest): Promise<ClassifyResult>
  /** The same without waiting; undefined unless the named version (not 0) is in memory already. */
  classifyNow(request: ClassifyRequest): ClassifyResult | undefined
  train(request: TrainRequest): Promise<{ classifier: ClassifierRecord; report: ClassifierReport; seconds: number }>
  /** Freezes rows as the next version of a sample set. */
  addSamples(request: {
    workspace: string
    name: string
    provenance: string
    rows: readonly Sample[]
  }): Promise<SampleSet>
}

/** Classifiers kept in memory; each takes 2 to 8 MB. */
const mostLoaded = 16
/** Longest time, milliseconds, in which a version that another process trained goes unnoticed by version 0. */
const newestForMs = 1_000

export function localClassifiers(services: LocalClassifierServices): LocalClassifiers {
  const models = new LoadedModels(services)
  const newest = new Map<string, { version: number; until: number }>()

  const newestVersion = async (workspace: string, name: string): Promise<number> => {
    const key = `${workspace}/${name}`
    const known = newest.get(key)
    if (known !== undefined && known.until > services.clock.monotonic()) return known.version
    const record = await services.records.workspace(workspace).models.classifier(name, 0)
    if (record === undefined) throw unknown(name, 0)
    newest.set(key, { version: record.version, until: services.clock.monotonic() + newestForMs })
    return record.version
  }

  return {
    classify: async request => {
      const { workspace, classifier, text, evidence = true } = request
      const version = request.version === 0 ? await newestVersion(workspace, classifier) : request.version
      return classifyText(await models.find(workspace, classifier, version), version, text, evidence)
    },
    classifyNow: ({ workspace, classifier, version, text, evidence = true }) => {
      const model = models.ready(workspace, classifier, version)
      return model === undefined ? undefined : classifyText(model, version, text, evidence)
    },
    train: async request => {
      const trained = await train(services, request)
      newest.delete(`${request.workspace}/${request.name}`)
      return trained
    },
    addSamples: request => addSamples(services, request),
  }
}

/** The models used last, by workspace, name and version. A version never changes, so nothing here grows stale. */
class LoadedModels {
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
  if (record === undefined) throw unknown(name, version)
  const bytes = await services.blobs.get(record.blob)
  if (bytes === undefined || sha256(bytes) !== record.hash) {
    throw new RiskloomError(
      'corrupt-data',
      `the bytes of classifier ${name} version ${record.version} are not those that were stored (${record.blob})`,
    )
  }
  return decodeModel(bytes, record.blob)
}

async function train(services: LocalClassifierServices, request: TrainRequest) {
  const started = services.clock.monotonic()
  const records = services.records.workspace(request.workspace)
  const set = await records.samples.get(request.sampleSet, request.sampleSetVersion)
  if (set === undefined)
    throw new RiskloomError(
      'not-found',
      `there is no sample set ${request.sampleSet} version ${request.sampleSetVersion}`,
    )
  const samples = await services.blobs.get(set.blob)
  if (samples === undefined)
    throw new RiskloomError('corrupt-data', `the rows of sample set ${set.name} are gone (${set.blob})`)
  const { bytes, report } = await trainApart(
    { samples, path: set.blob, settings: request.settings ?? {} },
    request.signal,
  )
  const hash = sha256(bytes)
  const blob = `${request.workspace}/classifiers/${hash}`
  await services.blobs.put(blob, bytes)
  const classifier = await records.models.addClassifier({
    name: request.name,
    blob,
    hash,
    sampleSet: set.name,
    sampleSetVersion: set.version,
    report: JSON.stringify(report),
    createdAt: services.clock.now(),
  })
  return { classifier, report, seconds: (services.clock.monotonic() - started) / 1_000 }
}

async function addSamples(
  services: LocalClassifierServices,
  request: { workspace: string; name: string; provenance: string; rows: readonly Sample[] },
): Promise<SampleSet> {
  const bytes = encodeSamples(request.rows)
  const blob = `${request.workspace}/samples/${sha256(bytes)}`
  await services.blobs.put(blob, bytes)
  return services.records.workspace(request.workspace).samples.add({
    name: request.name,
    rows: request.rows.length,
    labels: [...new Set(request.rows.map(row => row.label))].sort(),
    blob,
    provenance: request.provenance,
    createdAt: services.clock.now(),
  })
}

function unknown(name: string, version: number): RiskloomError {
  const which = version === 0 ? '' : ` version ${version}`
  return new RiskloomError('classifier-not-found', `there is no classifier ${name}${which}`, {
    details: { name, version },
  })
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
