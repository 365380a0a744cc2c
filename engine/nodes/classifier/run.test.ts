import { describe, expect, it } from 'vitest'
import { nodeCall } from '../../../test/support/node-call.ts'
import { RiskloomError } from '../../error.ts'
import type { ClassifyRequest, ClassifyResult, Models } from '../../ports/models.ts'
import type { NodeOutcome } from '../node.ts'
import { classifier } from './run.ts'

const result: ClassifyResult = {
  labels: [
    { label: 'fraud', probability: 0.912345 },
    { label: 'none', probability: 0.087655 },
  ],
  normalised: '加薇芯',
  notes: [{ kind: 'split', from: '加 薇 芯', to: '加薇芯', count: 1 }],
  evidence: [{ feature: '加薇芯 (jia wei xin)', weight: 2.5 }],
  classifierVersion: 4,
}

/** A models port that remembers what it was asked. */
function models(answers: Partial<Pick<Models, 'classify' | 'classifyNow'>>) {
  const asked: ClassifyRequest[] = []
  const port: Models = {
    engine: 'test',
    shared: false,
    check: () => Promise.resolve(),
    close: () => Promise.resolve(),
    chat: () => Promise.reject(new Error('no chat here')),
    classify: request => {
      asked.push(request)
      return answers.classify === undefined ? Promise.resolve(result) : answers.classify(request)
    },
    ...(answers.classifyNow === undefined ? {} : { classifyNow: answers.classifyNow }),
  }
  return { port, asked }
}

const data = { type: 'classifier', classifier: 'triage', query_variable_selector: ['start', 'text'] }
const variables = { 'start.text': '加 薇 芯' }
const pinned = { models: [], policies: [], classifiers: [{ name: 'triage', version: 4, blob: 'a'.repeat(64) }] }

describe('the classifier node', () => {
  it('puts out label, score, labels, probabilities, text and evidence', async () => {
    const { port } = models({})
    const outcome = await classifier.run(nodeCall(classifier, data, { variables, services: { models: port } }))
    expect(outcome).toMatchObject({
      ok: true,
      inputs: { query: '加 薇 芯' },
      processData: {
        classifier: 'triage',
        version: 4n,
        notes: [{ kind: 'split', from: '加 薇 芯', to: '加薇芯', count: 1n }],
      },
      outputs: {
        label: 'fraud',
        score: 0.9123,
        labels: ['fraud'],
        probabilities: { fraud: 0.9123, none: 0.0877 },
        normalised: '加薇芯',
        evidence: [{ feature: '加薇芯 (jia wei xin)', weight: 2.5 }],
      },
      modelCalls: [{ provider: 'local', model: 'triage@4', kind: 'classifier', status: 'succeeded', cost: 0 }],
    })
  })

  it('asks for the version of the document, else the one bound at publication, else the newest', async () => {
    const { port, asked } = models({})
    const services = { models: port }
    await classifier.run(nodeCall(classifier, { ...data, version: 2 }, { variables, services, bindings: pinned }))
    await classifier.run(nodeCall(classifier, data, { variables, services, bindings: pinned }))
    await classifier.run(nodeCall(classifier, data, { variables, services }))
    expect(asked.map(({ version }) => version)).toEqual([2, 4, 0])
  })

  it('answers at once where the port can', () => {
    const { port, asked } = models({ classifyNow: () => result })
    const outcome = classifier.run(
      nodeCall(classifier, data, { variables, services: { models: port }, bindings: pinned }),
    )
    expect(outcome).not.toBeInstanceOf(Promise)
    expect(asked).toEqual([])
  })

  it('gives every label that reaches the threshold', async () => {
    const { port } = models({})
    const call = nodeCall(classifier, { ...data, threshold: 0.05 }, { variables, services: { models: port } })
    expect(await classifier.run(call)).toMatchObject({ outputs: { labels: ['fraud', 'none'] } })
  })

  it('fails as a node when the classifier is missing or passes away for a while', async () => {
    const run = (error: Error): NodeOutcome | Promise<NodeOutcome> => {
      const { port } = models({ classify: () => Promise.reject(error) })
      return classifier.run(nodeCall(classifier, data, { variables, services: { models: port } }))
    }
    expect(await run(new RiskloomError('classifier-not-found', 'there is no classifier triage'))).toMatchObject({
      ok: false,
      error: 'there is no classifier triage',
      errorType: 'classifier-not-found',
      transient: false,
      modelCalls: [{ status: 'failed', error: 'there is no classifier triage' }],
    })
    expect(await run(new RiskloomError('records-unavailable', 'down', { transient: true }))).toMatchObject({
      ok: false,
      transient: true,
    })
  })

  it('fails when its variable does not exist', async () => {
    const { port, asked } = models({})
    const outcome = await classifier.run(nodeCall(classifier, data, { services: { models: port } }))
    expect(outcome).toMatchObject({ ok: false, error: 'Variable start.text not found' })
    expect(asked).toEqual([])
  })
})
