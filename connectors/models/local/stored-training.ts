import { RiskloomError } from '../../../engine/error.ts'
import type { ClassifierRecord } from '../../../engine/ports/records.ts'
import type { Sample, SampleSet } from '../../../schemas/sample-set.ts'
import { sha256 } from './content-hash.ts'
import { encodeSamples } from './sample-rows.ts'
import type { LocalClassifierServices } from './services.ts'
import { trainApart } from './train-apart.ts'
import type { ClassifierReport } from './train.ts'

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

export interface TrainResult {
  readonly classifier: ClassifierRecord
  readonly report: ClassifierReport
  readonly seconds: number
}

export interface SamplesRequest {
  readonly workspace: string
  readonly name: string
  /** Where the rows come from, in words. */
  readonly provenance: string
  readonly rows: readonly Sample[]
}

/** Trains on a stored sample set and stores the result as the next version of the classifier. */
export async function trainStored(services: LocalClassifierServices, request: TrainRequest): Promise<TrainResult> {
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

/** Freezes rows as the next version of a sample set. */
export async function addSamples(services: LocalClassifierServices, request: SamplesRequest): Promise<SampleSet> {
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
