import { Worker } from 'node:worker_threads'
import { RiskloomError } from '../../../engine/error.ts'
import type { ErrorCode } from '../../../schemas/errors.ts'
import { builtEntry } from '../../built-entry.ts'
import type { ClassifierReport, TrainedClassifier } from './train.ts'

export interface TrainingTask {
  /** Rows as JSON Lines, and where they came from, for messages. */
  readonly samples: Uint8Array
  readonly path: string
  readonly settings: Partial<ClassifierReport['settings']>
}

export type TrainingAnswer =
  | ({ readonly ok: true } & TrainedClassifier)
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string }

/** Trains in a worker thread, so that this thread goes on serving. An abort ends the worker. */
export async function trainApart(task: TrainingTask, signal?: AbortSignal): Promise<TrainedClassifier> {
  signal?.throwIfAborted()
  const worker = new Worker(builtEntry(import.meta.url, 'train-worker'), { workerData: task })
  const stop = () => void worker.terminate()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const answer = await answerOf(worker)
    if (answer.ok) return answer
    throw new RiskloomError(answer.code, answer.message)
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

function answerOf(worker: Worker): Promise<TrainingAnswer> {
  return new Promise((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', code => {
      reject(new RiskloomError('internal', `the training ended early (exit code ${code})`))
    })
  })
}
