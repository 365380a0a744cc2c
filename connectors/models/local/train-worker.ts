import { parentPort, workerData } from 'node:worker_threads'
import { decodeSamples } from './sample-rows.ts'
import { trainClassifier } from './train.ts'
import type { TrainingAnswer, TrainingTask } from './train-apart.ts'

// Written by `trainApart` only.
const task = workerData as TrainingTask

function answer(): TrainingAnswer {
  try {
    return { ok: true, ...trainClassifier(decodeSamples(task.samples, task.path), task.settings) }
  } catch (error) {
    return { ok: false, error }
  }
}

parentPort?.postMessage(answer())
