import type { ClassifyRequest, ClassifyResult } from '../../../engine/ports/models.ts'
import type { SampleSet } from '../../../schemas/sample-set.ts'
import { classifyText } from './classify.ts'
import { LoadedModels, unknownClassifier } from './loaded-models.ts'
import type { LocalClassifierServices } from './services.ts'
import { addSamples, trainStored, type SamplesRequest, type TrainRequest, type TrainResult } from './stored-training.ts'

/** The provider `local`: linear text classifiers that are trained here and need no key. */
export interface LocalClassifiers {
  /** Fails with `classifier-not-found`, or `corrupt-data` when its blob is damaged or gone. */
  classify(request: ClassifyRequest): Promise<ClassifyResult>
  /** The same without waiting; undefined unless the named version (not 0) is in memory already. */
  classifyNow(request: ClassifyRequest): ClassifyResult | undefined
  /** In a worker thread; the result is the next version. Fails with `not-found`, `invalid-request` or `corrupt-data`. */
  train(request: TrainRequest): Promise<TrainResult>
  /** Freezes rows as the next version of a sample set. */
  addSamples(request: SamplesRequest): Promise<SampleSet>
}

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
    if (record === undefined) throw unknownClassifier(name, 0)
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
      const trained = await trainStored(services, request)
      newest.delete(`${request.workspace}/${request.name}`)
      return trained
    },
    addSamples: request => addSamples(services, request),
  }
}
