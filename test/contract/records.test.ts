import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkspaceRecords } from '../../engine/ports/records.ts'
import {
  now,
  recordsCases,
  sampleApp,
  samplePipeline,
  sampleVersion,
  versionId,
  type RecordsFixture,
} from '../support/records-fixture.ts'

const text = (words: string) => ({ 'zh-CN': words, en: words })
const policy = {
  id: 'spam',
  title: text('垃圾信息'),
  text: text('no spam'),
  clauses: [{ id: 'contact', text: text('contact details'), severity: 3 }],
  author: 'a',
  note: '',
}
const model = {
  kind: 'llm',
  name: 'qwen',
  provider: 'one',
  baseUrl: 'http://127.0.0.1:1/v1',
  apiKeySealed: null,
  promptPrice: 0.0125,
  completionPrice: null,
} as const
const shortVersion = '00000000-0000-7000-8000-00000000000e'
const sampleSet = {
  name: 'cold',
  rows: 2,
  labels: ['safe', 'offensive'],
  blob: 'b',
  provenance: 'test',
  createdAt: now,
}

describe.each(recordsCases)('records: $name', ({ name, open }) => {
  let fixture: RecordsFixture
  let workspace: WorkspaceRecords

  beforeAll(async () => {
    fixture = await open()
    workspace = await fixture.workspace('acme')
  })
  afterAll(() => fixture.close())

  it('says what it is and works', async () => {
    expect(name.startsWith(fixture.records.engine)).toBe(true)
    expect(fixture.records.shared).toBe(fixture.records.engine !== 'embedded')
    await fixture.records.check()
  })

  it('saves an app again without touching its creation or the version in force', async () => {
    await workspace.apps.save(sampleApp('triage'), now)
    const saved = await workspace.apps.save({ ...sampleApp('triage'), draft: 'app: 2' }, now + 5)
    expect(saved).toEqual({
      ...sampleApp('triage'),
      v: 1,
      workspace: 'acme',
      draft: 'app: 2',
      publishedVersion: versionId,
      createdAt: now,
      updatedAt: now + 5,
    })
    expect(await workspace.apps.get('triage')).toEqual(saved)
    expect(await workspace.apps.get('other')).toBeUndefined()
    expect(await workspace.apps.list()).toEqual([saved])
  })

  it('numbers versions without gaps, also when many publish at once, and returns an equal one', async () => {
    const ids = [2, 3, 4, 5].map(n => `00000000-0000-7000-8000-00000000000${n}`)
    await Promise.all(ids.map((id, index) => workspace.apps.publish(sampleVersion(id, String(index + 2)))))
    const versions = await workspace.apps.versions('triage')
    expect(versions.map(version => version.number)).toEqual([1, 2, 3, 4, 5])
    const last = versions.at(-1)
    expect((await workspace.apps.get('triage'))?.publishedVersion).toBe(last?.id)
    const again = await workspace.apps.publish({ ...sampleVersion('never-stored', 'a'), hash: last?.hash ?? '' })
    expect(again).toEqual(last)
    expect(await workspace.apps.version(last?.id ?? '')).toEqual(last)
    expect(await workspace.apps.version('not-a-version')).toBeUndefined()
  })

  it('names what is missing or taken', async () => {
    await expect(workspace.apps.publish({ ...sampleVersion('x', 'f'), appId: 'nobody' })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(workspace.apps.publish(sampleVersion(versionId, 'f'))).rejects.toMatchObject({
      code: 'conflict',
      details: { field: 'id', value: versionId },
    })
    await expect(workspace.pipelines.create({ ...samplePipeline('p'), appId: 'nobody' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('appId "nobody"'),
    })
    await expect(fixture.records.workspace('nowhere').apps.save(sampleApp('a'), now)).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(workspace.apps.save({ ...sampleApp('nul'), name: 'a\0b' }, now)).rejects.toMatchObject({
      code: 'invalid-request',
    })
  })

  it('refuses what could not be read back, and stores nothing of it', async () => {
    await expect(workspace.apps.save(sampleApp('Not A Slug'), now)).rejects.toMatchObject({
      code: 'invalid-request',
      details: { field: 'id' },
    })
    const pipeline = samplePipeline('wrong')
    const wrong = { ...pipeline, settings: { ...pipeline.settings, batchSize: 0 } }
    await expect(workspace.pipelines.create(wrong)).rejects.toMatchObject({
      code: 'invalid-request',
      details: { field: 'settings.batchSize' },
    })
    await expect(workspace.policies.add({ ...policy, id: 'empty', clauses: [] })).rejects.toMatchObject({
      code: 'invalid-request',
    })
    expect((await workspace.apps.list()).map(({ id }) => id)).toEqual(['triage'])
    expect(await workspace.pipelines.list()).toEqual([])
    expect(await workspace.policies.list()).toEqual([])
  })

  it('deletes an app with its versions, unless a pipeline uses it', async () => {
    await workspace.apps.save(sampleApp('short-lived'), now)
    await workspace.apps.publish({ ...sampleVersion(shortVersion, 'e'), appId: 'short-lived' })
    await workspace.pipelines.create({ ...samplePipeline('user'), appId: 'short-lived' })
    await expect(workspace.apps.delete('short-lived')).rejects.toMatchObject({
      code: 'conflict',
      details: { value: 'short-lived' },
    })
    expect(await workspace.pipelines.delete('user')).toBe(true)
    expect(await workspace.apps.delete('short-lived')).toBe(true)
    expect(await workspace.apps.delete('short-lived')).toBe(false)
    expect(await workspace.apps.version(shortVersion)).toBeUndefined()
  })

  it('counts incarnations of a source past its deletion', async () => {
    const source = { name: 'feed', partitions: 1, status: 'active', demo: true, createdAt: now } as const
    const settings = {
      kind: 'file',
      path: '/tmp/x.csv',
      format: 'csv',
      eventType: 'report',
      map: { 'data.text': 'TEXT' },
    } as const
    const first = await workspace.sources.create({ ...source, settings })
    expect(first).toEqual({ ...source, settings, v: 1, workspace: 'acme', incarnation: 1, error: null })
    await expect(workspace.sources.create({ ...source, settings })).rejects.toMatchObject({
      code: 'conflict',
      details: { field: 'name', value: 'feed' },
    })
    await workspace.plans.claim('feed', 1, [{ hash: '0'.repeat(32), partition: 0, offset: 0, at: now }], 1000)
    expect(await workspace.sources.delete('feed')).toBe(true)
    expect(await workspace.sources.delete('feed')).toBe(false)
    expect((await workspace.sources.create({ ...source, settings })).incarnation).toBe(2)
    expect(await fixture.database.tenant('acme').query("SELECT 1 FROM claims WHERE source = 'feed'")).toEqual([])
    await workspace.sources.setStatus('feed', 'failed', 'no such file')
    expect(await workspace.sources.get('feed')).toMatchObject({ status: 'failed', error: 'no such file' })
    expect((await workspace.sources.list()).map(found => found.name)).toEqual(['feed', 'posts'])
    await expect(workspace.sources.setStatus('none', 'active', null)).rejects.toMatchObject({ code: 'not-found' })
  })

  it('keeps a pipeline and raises its epoch', async () => {
    const created = await workspace.pipelines.create(samplePipeline('kept'))
    expect(created).toEqual({ ...samplePipeline('kept'), v: 1, workspace: 'acme', epoch: 0, error: null })
    const epochs = await Promise.all([1, 2, 3].map(() => workspace.pipelines.takeOver('kept')))
    expect(epochs.toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    await workspace.pipelines.setStatus('kept', 'failed', 'why')
    await workspace.pipelines.setSettings('kept', { ...created.settings, batchSize: 7 })
    const changed = {
      ...created,
      epoch: 3,
      status: 'failed',
      error: 'why',
      settings: { ...created.settings, batchSize: 7 },
    }
    expect(await workspace.pipelines.get('kept')).toEqual(changed)
    expect(await workspace.pipelines.list()).toEqual([changed])
    await expect(workspace.sources.delete('posts')).rejects.toMatchObject({
      code: 'conflict',
      details: { value: 'posts' },
    })
    expect(await workspace.pipelines.delete('kept')).toBe(true)
    await expect(workspace.pipelines.takeOver('kept')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('versions policies, sample sets and classifiers', async () => {
    const added = await Promise.all([1, 2, 3].map(() => workspace.policies.add(policy)))
    expect(added.map(({ version }) => version).toSorted((a, b) => a - b)).toEqual([1, 2, 3])
    expect(await workspace.policies.get('spam', 2)).toEqual({ ...policy, v: 1, version: 2 })
    expect((await workspace.policies.get('spam', 0))?.version).toBe(3)
    expect(await workspace.policies.get('spam', 9)).toBeUndefined()
    expect((await workspace.policies.list()).map(({ version }) => version)).toEqual([3])

    const set = await workspace.samples.add(sampleSet)
    expect(set).toEqual({ ...sampleSet, v: 1, workspace: 'acme', version: 1 })
    expect((await workspace.samples.add(sampleSet)).version).toBe(2)
    expect((await workspace.samples.get('cold', 0))?.version).toBe(2)
    expect((await workspace.samples.list()).map(({ version }) => version)).toEqual([1, 2])

    const classifier = {
      name: 'abuse',
      blob: 'b',
      hash: 'h',
      sampleSet: 'cold',
      sampleSetVersion: 2,
      report: '{}',
      createdAt: now,
    }
    expect(await workspace.models.addClassifier(classifier)).toEqual({ ...classifier, version: 1 })
    await workspace.models.addClassifier(classifier)
    expect(await workspace.models.classifier('abuse', 1)).toEqual({ ...classifier, version: 1 })
    expect((await workspace.models.classifier('abuse', 0))?.version).toBe(2)
    expect(await workspace.models.classifiers()).toHaveLength(2)
    await expect(workspace.models.addClassifier({ ...classifier, sampleSet: 'gone' })).rejects.toMatchObject({
      code: 'not-found',
      details: { value: 'gone' },
    })
  })

  it('finds models by name, narrowed by a provider it knows', async () => {
    await workspace.models.save(model)
    await workspace.models.save({ ...model, provider: 'two', promptPrice: 1 })
    await workspace.models.save({ ...model, provider: 'two', promptPrice: 2 })
    expect(await workspace.models.find('qwen', 'two')).toEqual({ ...model, provider: 'two', promptPrice: 2 })
    expect(await workspace.models.find('qwen', 'unknown')).toEqual(model)
    expect(await workspace.models.find('qwen')).toEqual(model)
    expect(await workspace.models.list()).toHaveLength(2)
    expect(await workspace.models.delete('qwen')).toBe(true)
    expect(await workspace.models.delete('qwen')).toBe(false)
    expect(await workspace.models.find('qwen')).toBeUndefined()
  })

  it('makes one owner when two first starts race', async () => {
    const { access } = fixture.records
    const owners = await Promise.all(['x', 'y'].map(who => access.ensureOwner('raced', `${who}@example.org`, now)))
    expect(owners[0]).toEqual(owners[1])
    expect(await access.account(owners[0]?.email.toUpperCase() ?? '')).toEqual(owners[0])
    expect(await access.workspaces()).toEqual(['acme', 'raced'])
    expect(await access.account('nobody@example.org')).toBeUndefined()
  })

  it('lets a login link in once, and a session until it ends', async () => {
    const { access } = fixture.records
    const owner = await access.ensureOwner('acme', 'acme@example.org', now)
    await access.addLoginLink('link', owner.id, 'acme', now + 10)
    await access.addLoginLink('late', owner.id, 'acme', now + 10)
    const takes = await Promise.all([1, 2, 3].map(() => access.takeLoginLink('link', now)))
    expect(takes.filter(take => take !== undefined)).toEqual([{ accountId: owner.id, workspace: 'acme' }])
    expect(await access.takeLoginLink('late', now + 10)).toBeUndefined()
    expect(await access.takeLoginLink('unknown', now)).toBeUndefined()

    await access.setPassword(owner.id, 'scrypt$…')
    const session = { accountId: owner.id, workspace: 'acme', expiresAt: now + 100 }
    await access.addSession('token', session)
    expect(await access.session('token', now)).toEqual({
      ...session,
      role: 'owner',
      account: { ...owner, passwordHash: 'scrypt$…' },
    })
    expect(await access.session('token', now + 100)).toBeUndefined()
    await access.endSession('token')
    expect(await access.session('token', now)).toBeUndefined()
    await expect(access.addSession('t', { ...session, workspace: 'raced' })).rejects.toMatchObject({
      code: 'not-found',
    })
    await expect(access.setPassword('nobody', 'x')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('keeps keys and settings', async () => {
    const { access } = fixture.records
    const key = {
      id: 'k1',
      workspace: 'acme',
      scope: 'app',
      target: 'triage',
      prefix: 'app-12',
      createdAt: now,
    } as const
    await access.addKey('key-hash', key)
    await expect(access.addKey('other-hash', key)).rejects.toMatchObject({
      code: 'conflict',
      details: { field: 'id', value: 'k1' },
    })
    expect(await access.key('key-hash')).toEqual(key)
    expect(await access.keys('acme')).toEqual([key])
    expect(await access.keys('raced')).toEqual([])
    expect(await access.revokeKey('raced', 'k1')).toBe(false)
    expect(await access.revokeKey('acme', 'k1')).toBe(true)
    expect(await access.key('key-hash')).toBeUndefined()
    expect(await access.setting('flag')).toBeUndefined()
    await access.setSetting('flag', 'one')
    await access.setSetting('flag', 'two')
    expect(await access.setting('flag')).toBe('two')
  })
})
