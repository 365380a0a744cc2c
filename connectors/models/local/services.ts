import type { Blobs } from '../../../engine/ports/blobs.ts'
import type { Clock } from '../../../engine/ports/clock.ts'
import type { ModelRecords, SampleRecords } from '../../../engine/ports/records.ts'

/** What local classifiers need of other ports. */
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
