import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { folderBlobs } from '../../connectors/blobs/folder.ts'
import { systemClock } from '../../connectors/clock/system.ts'
import { classifyText } from '../../connectors/models/local/classify.ts'
import type { LinearModel } from '../../connectors/models/local/linear-model.ts'
import { localClassifiers, type LocalClassifiers } from '../../connectors/models/local/local-classifiers.ts'
import { decodeModel } from '../../connectors/models/local/model-blob.ts'
import { trainClassifier, type ClassifierReport } from '../../connectors/models/local/train.ts'
import { demoDocument, demoPolicies, demoTrainingRows, evasionExamples, historyStream } from '../../demo/index.ts'
import { evasionKinds } from '../../demo/labels.ts'
import { codeOf } from '../../engine/error.ts'
import { compile } from '../../engine/graph/compile.ts'
import { readDocument } from '../../engine/graph/document.ts'
import type { NodeServices } from '../../engine/nodes/node.ts'
import type { Blobs } from '../../engine/ports/blobs.ts'
import type { ClassifyRequest, ClassifyResult } from '../../engine/ports/models.ts'
import { advance } from '../../engine/run/execute.ts'
import { runOf } from '../../engine/run/run-of.ts'
import { begin } from '../../engine/run/step.ts'
import type { Event } from '../../schemas/event.ts'
import type { Run } from '../../schemas/run.ts'
import type { Sample } from '../../schemas/sample-set.ts'
import { recordsCases, type RecordsFixture } from '../support/records-fixture.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const cold = new URL('../../../shared/data/cold/', import.meta.url)
const haveCold = existsSync(cold)

describe('the demonstration’s classifier', () => {
  let report: ClassifierReport
  let model: LinearModel
  const best = (text: string) => classifyText(model, 1, text, false).labels[0]?.label

  beforeAll(() => {
    const trained = trainClassifier(demoTrainingRows(7))
    report = trained.report
    model = decodeModel(trained.bytes, 'demo')
  })

  it('finds its task neither trivial nor hopeless', () => {
    expect(report.quality.accuracy.value).toBeGreaterThan(0.88)
    expect(report.quality.accuracy.value).toBeLessThan(0.96)
    for (const label of report.quality.labels) expect(label.f1, label.label).toBeGreaterThan(0.75)
    expect(report.calibration.after.ece).toBeLessThan(0.05)
  })

  it('does as well on the stream as on its held-out rows', () => {
    const stream = historyStream({
      seed: 7,
      to: Date.parse('2026-11-24T10:30:00Z'),
      days: 7,
      count: 60_000,
      utcOffsetMinutes: 0,
    })
    const indices = Array.from({ length: 4_000 }, (_, index) => index * 15)
    const right = indices.filter(
      index => best(String(stream.eventAt(index).data['text'])) === stream.truthAt(index).label,
    )
    expect(Math.abs(right.length / indices.length - (report.quality.accuracy.value ?? 0))).toBeLessThan(0.04)
  })

  it.each(evasionKinds)('says the same of a text with and without evasion: %s', kind => {
    const stream = historyStream({
      seed: 99,
      to: Date.parse('2026-11-24T10:30:00Z'),
      days: 7,
      count: 60_000,
      utcOffsetMinutes: 0,
    })
    const pairs: { plain: string; evaded: string }[] = []
    for (let index = 0; index < stream.count && pairs.length < 150; index += 1) {
      const { evasion, plain } = stream.truthAt(index)
      if (evasion === kind) pairs.push({ plain, evaded: String(stream.eventAt(index).data['text']) })
    }
    expect(pairs.length).toBe(150)
    const same = pairs.filter(({ plain, evaded }) => best(plain) === best(evaded))
    expect(same.length / pairs.length).toBeGreaterThanOrEqual(0.9)
  })

  it.each(evasionExamples)('sees through the example of $kind', ({ plain, evaded }) => {
    expect(best(plain)).not.toBe('none')
    expect(best(evaded)).toBe(best(plain))
  })
})

describe('the demonstration’s app', () => {
  it('decides by policy, asks a person where it is not sure, and lets ordinary talk be', () => {
    const model = decodeModel(trainClassifier(demoTrainingRows(7)).bytes, 'demo')
    const decide = demoApp(request => classifyText(model, request.version, request.text, true))
    const stream = historyStream({
      seed: 7,
      to: Date.parse('2026-11-24T10:30:00Z'),
      days: 7,
      count: 60_000,
      utcOffsetMinutes: 0,
    })
    const runs = Array.from({ length: 300 }, (_, index) => decide(stream.eventAt(index * 200)))
    expect(new Set(runs.map(run => run.status))).toEqual(new Set(['succeeded']))
    expect(new Set(runs.map(run => run.nodes.length))).toEqual(new Set([6]))
    const actions = new Set(runs.map(run => run.verdict?.action))
    for (const action of ['allow', 'review', 'remove', 'limit', 'care']) expect(actions).toContain(action)

    const caught = decide({ data: { text: evasionExamples[0]?.evaded ?? '', surface: 'comment', reason: '诈骗' } })
    expect(caught.verdict).toMatchObject({
      label: 'off-platform-luring',
      action: 'remove',
      policyId: 'fraud',
      policyClause: 'off-platform-contact',
      policyVersion: 3,
    })
    expect(caught.verdict?.reason).toMatch(/^off-platform-luring (?:1\.0|0\.\d{1,4})；举报理由 \/ reported as: 诈骗$/)
    expect(caught.modelCalls).toMatchObject([{ kind: 'classifier', model: 'report-triage@5', cost: 0 }])
  })
})

/** The demonstration’s document, run by the bare interpreter as a pipeline runs it. */
function demoApp(classifyNow: (request: ClassifyRequest) => ClassifyResult): (event: Pick<Event, 'data'>) => Run {
  const { document } = readDocument(demoDocument())
  const compiled = document === null ? undefined : compile(document)
  if (compiled?.ok !== true) throw new Error(JSON.stringify(compiled?.problems))
  const { graph } = compiled
  const context = {
    workspace: 'w',
    runId: 'r',
    appId: 'a',
    versionId: 'v',
    purpose: 'live',
    user: '',
    events: false,
    traces: true,
  } as const
  const bindings = {
    models: [],
    classifiers: [{ name: 'report-triage', version: 5, blob: '' }],
    policies: demoPolicies.map(({ id }) => ({ id, version: 3 })),
  }
  // Its nodes need a clock, ids and the classifier, nothing else.
  const services = { clock: systemClock, ids: { uuid: () => 'id' }, models: { classifyNow } } as unknown as NodeServices
  return ({ data }) => {
    const inputs = { text: String(data['text']), surface: String(data['surface']), reason: String(data['reason']) }
    const progress = begin(graph, context, inputs, systemClock.now())
    advance(graph, progress, { services, bindings, signal: new AbortController().signal })
    return runOf(progress.state)
  }
}

describe('classifiers of a workspace', () => {
  let fixture: RecordsFixture
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let blobs: Blobs
  let local: LocalClassifiers
  const rows: Sample[] = demoTrainingRows(11).filter((_, index) => index % 12 === 0)
  const ask = { workspace: 'acme', classifier: 'triage', text: '加薇芯领红包 lanyu8823' }

  beforeAll(async () => {
    const embedded = recordsCases.find(({ name }) => name === 'embedded')
    if (embedded === undefined) throw new Error('no embedded records')
    fixture = await embedded.open()
    await fixture.workspace('acme')
    folder = await temporaryFolder()
    blobs = await folderBlobs({ folder: folder.path, clock: systemClock })
    local = localClassifiers({ blobs, records: fixture.records, clock: systemClock })
  })
  afterAll(async () => {
    await fixture.close()
    await folder.remove()
  })

  it('fails by name before one is trained', async () => {
    await expect(local.classify({ ...ask, version: 0 })).rejects.toMatchObject({ code: 'classifier-not-found' })
    await expect(
      local.train({ workspace: 'acme', name: 'triage', sampleSet: 'none', sampleSetVersion: 0 }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })

  it('trains apart from this thread, stores the result and classifies', async () => {
    const set = await local.addSamples({
      workspace: 'acme',
      name: 'triage-rows',
      provenance: 'written by a test',
      rows,
    })
    expect(set).toMatchObject({ version: 1, rows: rows.length })
    let longest = 0
    let before = performance.now()
    const watch = setInterval(() => {
      longest = Math.max(longest, performance.now() - before)
      before = performance.now()
    }, 5)
    const { classifier, report } = await local.train({
      workspace: 'acme',
      name: 'triage',
      sampleSet: 'triage-rows',
      sampleSetVersion: 0,
    })
    clearInterval(watch)
    // The training itself takes longer than any pause of this thread.
    expect(longest).toBeLessThan(500)
    expect(classifier).toMatchObject({ name: 'triage', version: 1, sampleSet: 'triage-rows', sampleSetVersion: 1 })
    expect(JSON.parse(classifier.report)).toEqual(JSON.parse(JSON.stringify(report)))

    const result = await local.classify({ ...ask, version: 0 })
    expect(result.classifierVersion).toBe(1)
    expect(result.labels.map(({ label }) => label).sort()).toEqual([...report.labels])
    expect(result.evidence.length).toBeGreaterThan(0)
    expect((await local.classify({ ...ask, version: 1, evidence: false })).evidence).toEqual([])
  })

  it('answers without waiting once a version is in memory', async () => {
    const fresh = localClassifiers({ blobs, records: fixture.records, clock: systemClock })
    expect(fresh.classifyNow({ ...ask, version: 1 })).toBeUndefined()
    const waited = await fresh.classify({ ...ask, version: 1 })
    expect(fresh.classifyNow({ ...ask, version: 1 })).toEqual(waited)
    expect(fresh.classifyNow({ ...ask, version: 0 })).toBeUndefined()
  })

  it('keeps old versions and takes the newest for version 0', async () => {
    const old = await local.classify({ ...ask, version: 1 })
    const { classifier } = await local.train({
      workspace: 'acme',
      name: 'triage',
      sampleSet: 'triage-rows',
      sampleSetVersion: 1,
      settings: { seed: 2 },
    })
    expect(classifier.version).toBe(2)
    expect((await local.classify({ ...ask, version: 0 })).classifierVersion).toBe(2)
    expect(await local.classify({ ...ask, version: 1 })).toEqual(old)
  })

  it('does not show one workspace the classifiers of another', async () => {
    await fixture.workspace('other')
    await expect(local.classify({ ...ask, workspace: 'other', version: 1 })).rejects.toMatchObject({
      code: 'classifier-not-found',
    })
  })

  it('refuses bytes that are not those that were stored', async () => {
    const record = await fixture.records.workspace('acme').models.classifier('triage', 2)
    const bytes = await blobs.get(record?.blob ?? '')
    const fresh = localClassifiers({ blobs, records: fixture.records, clock: systemClock })
    await blobs.put(
      record?.blob ?? '',
      (bytes ?? new Uint8Array()).map((byte, at) => (at === 5_000 ? byte ^ 1 : byte)),
    )
    await expect(fresh.classify({ ...ask, version: 2 })).rejects.toMatchObject({ code: 'corrupt-data' })
    // A failure is not kept: the next call looks again.
    await blobs.put(record?.blob ?? '', bytes ?? new Uint8Array())
    expect((await fresh.classify({ ...ask, version: 2 })).classifierVersion).toBe(2)
  })

  it('names the line of a sample that cannot be read, and ends a training that is no longer wanted', async () => {
    const set = await local.addSamples({
      workspace: 'acme',
      name: 'broken',
      provenance: 'written by a test',
      rows: rows.slice(0, 20),
    })
    await blobs.put(set.blob, Buffer.from(`${JSON.stringify(rows[0])}\n{"id":1}\n`))
    const failure = await local
      .train({ workspace: 'acme', name: 'broken', sampleSet: 'broken', sampleSetVersion: 1 })
      .catch((error: unknown) => error)
    expect(codeOf(failure)).toBe('corrupt-data')
    expect(String(failure)).toContain('line 2')
    const stop = new AbortController()
    const training = local.train({
      workspace: 'acme',
      name: 'triage',
      sampleSet: 'triage-rows',
      sampleSetVersion: 1,
      signal: stop.signal,
    })
    stop.abort(new Error('not wanted'))
    await expect(training).rejects.toThrow('not wanted')
  })
})

describe('real rows: COLD, official split', () => {
  it.skipIf(!haveCold)('reaches the floors of a plain linear model', async () => {
    const read = async (split: Sample['split']): Promise<Sample[]> => {
      // A CSV file with a header: its rows are objects of strings.
      const rows = parse(await readFile(new URL(`${split}.csv`, cold)), { bom: true, columns: true }) as {
        TEXT: string
        label: string
      }[]
      return rows.map((row, index) => ({
        id: `${split}-${index}`,
        text: row.TEXT,
        label: row.label === '1' ? 'offensive' : 'fine',
        split,
      }))
    }
    const samples = [...(await read('train')), ...(await read('dev')), ...(await read('test'))]
    expect(samples).toHaveLength(25_726 + 6_431 + 5_323)
    const { report } = trainClassifier(samples)
    expect(report.quality.accuracy.value).toBeGreaterThanOrEqual(0.788)
    expect(report.quality.macroF1).toBeGreaterThanOrEqual(0.782)
  })
})
