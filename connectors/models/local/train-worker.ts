import { parentPort, workerData } from 'node:worker_threads'
import { codeOf, messageOf } from '../../../engine/error.ts'
import { decodeSamples } from './sample-rows.ts'
import { trainClassifier } from './train.ts'
import type { TrainingAnswer, TrainingTask } from './train-apart.ts'

// Written by `trainApart` only.
const task = workerData as TrainingTask

function answer(): TrainingAnswer {
  try {
    return { ok: true, ...trainClassifier(decodeSamples(task.samples, task.path), task.settings) }
  } catch (error) {
    // An error that crosses threads keeps its message only.
    return { ok: false, code: codeOf(error) ?? 'internal', message: messageOf(error) }
  }
}

parentPort?.postMessage(answer())
