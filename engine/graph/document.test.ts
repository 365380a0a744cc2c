import { describe, expect, it } from 'vitest'
import { readDocument } from './document.ts'
import { compareVersions } from './version.ts'
import { writeDocument } from './write.ts'

const app = 'app: {name: n, mode: workflow}\n'
const workflow = 'workflow: {graph: {nodes: [], edges: []}}\n'

describe('reading a document', () => {
  it.each([
    ['', 'content must be a mapping'],
    ['- a', 'content must be a mapping'],
    ['a: [', 'Invalid YAML format'],
    [`version: 0.1\n${app}${workflow}`, "Invalid version type, expected str, got <class 'float'>"],
    [`version: 1\n${app}${workflow}`, "Invalid version type, expected str, got <class 'int'>"],
    [`version: one\n${app}${workflow}`, 'Invalid version format: one'],
    [workflow, 'Missing app data in YAML content'],
    [`app: {name: n}\n${workflow}`, 'loss app mode'],
    [`app: {name: n, mode: robot}\n${workflow}`, "'robot' is not a valid AppMode"],
    [app, 'Missing workflow data for workflow/advanced chat app'],
    ['app: {name: n, mode: chat}', 'Missing model_config'],
    [`${app}workflow: {graph: {nodes: 5}}`, 'workflow.graph.nodes must be a list'],
    [`${app}workflow: {graph: {nodes: [5]}}`, 'workflow.graph.nodes[0] must be a mapping'],
    [`${app}workflow: {graph: {nodes: [{data: {}}]}}`, 'workflow.graph.nodes[0] has no id'],
    [`${app}workflow: {environment_variables: [{name: e, value_type: string}]}`, 'missing value'],
    [`${app}${workflow}a: 1\na: 2\n`, 'duplicate key a'],
    [`${app}${workflow}x: !!python/object/apply:os.system [ls]`, 'Invalid YAML format'],
    [`${app}${workflow}x: !secret y`, 'Invalid YAML format'],
  ])('fails with a reason: %j', (text, error) => {
    const read = readDocument(text)
    expect(read).toMatchObject({ status: 'failed', document: null })
    expect(read.error).toContain(error)
  })

  it('keeps 1 and 1.0 apart, numbers as ids, and drops notes of the canvas', () => {
    const text = `${app}workflow:
  environment_variables: [{name: i, value_type: number, value: 1}, {name: f, value_type: number, value: 1.0}]
  graph:
    nodes: [{id: 17115, data: {type: start}}, {id: note, type: custom-note, data: {}}]
    edges: [{source: 17115, target: end}]
`
    expect(readDocument(text).document?.workflow).toEqual({
      nodes: [{ id: '17115', data: { type: 'start' } }],
      edges: [{ source: '17115', target: 'end', sourceHandle: 'source' }],
      environment: [
        { name: 'i', type: 'number', value: 1n },
        { name: 'f', type: 'number', value: 1 },
      ],
      conversation: [],
    })
  })

  it('accepts apps that have no graph', () => {
    expect(readDocument('app: {name: n, mode: chat}\nmodel_config: {}').document).toMatchObject({
      app: { mode: 'chat' },
      workflow: null,
    })
  })

  it('refuses what would take long or much', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefgh'[index]}`).join(', ')}]`),
    ]
    const hostile = [
      bomb.join('\n'),
      '['.repeat(100_000),
      `a: ${'{a: '.repeat(300)}1${'}'.repeat(300)}`,
      '- a: b\n'.repeat(130_000),
      `a: "${'x'.repeat(10 * 1024 * 1024)}"`,
      `${'k: 1\n'.repeat(2)}`,
    ]
    for (const text of hostile) {
      const started = performance.now()
      expect(readDocument(app + workflow + text).status).toBe('failed')
      expect(performance.now() - started).toBeLessThan(3_000)
    }
  })

  it('reads many keys in linear time', () => {
    const started = performance.now()
    const keys = Array.from({ length: 20_000 }, (_, index) => `  k${index}: 1\n`).join('')
    expect(readDocument(`${app}${workflow}extra:\n${keys}`).status).toBe('completed-with-warnings')
    expect(performance.now() - started).toBeLessThan(3_000)
  })
})

describe('versions of documents', () => {
  it.each([
    ['0.7.0', 'completed'],
    ['0.7', 'completed'],
    ['v0.7.0', 'completed'],
    ['0.6.0', 'completed-with-warnings'],
    ['0.1.5', 'completed-with-warnings'],
    ['0.7.0rc1', 'completed'],
    ['0.7.0.dev1', 'completed'],
    ['0.7.0.post1', 'pending'],
    ['0.7.1', 'pending'],
    ['0.8.0', 'pending'],
    ['1.0.0', 'pending'],
    ['1!0.1', 'pending'],
    ['abc', 'failed'],
    ['1.0.x', 'failed'],
    ['', 'failed'],
  ])('%s is %s', (version, status) => expect(compareVersions(version, '0.7.0')).toBe(status))

  it('parks documents of another major version', () => expect(compareVersions('0.9.0', '1.0.0')).toBe('pending'))
})

describe('writing a document', () => {
  const text = `version: 0.6.0
app: {name: n, mode: workflow} # a comment
workflow:
  environment_variables:
    - {value: sk-1, value_type: secret, name: key}
    - {value: plain, value_type: string, name: open}
  graph:
    nodes:
      - {id: '1', data: {type: tool, credential_id: abc, title: 1.0}}
    edges: []
`
  const read = readDocument(text)

  it('blanks secrets, keeps the rest and its order', () => {
    const written = read.document === null ? '' : writeDocument(read.document)
    expect(written).not.toMatch(/sk-1|abc/)
    expect(written).toContain('# a comment')
    expect(written).toContain('title: 1.0')
    expect(written.indexOf('version')).toBeLessThan(written.indexOf('app'))
    const again = readDocument(written).document
    expect(again?.workflow?.environment.map(variable => variable.value)).toEqual(['', 'plain'])
    expect(again === null || again === undefined ? '' : writeDocument(again)).toBe(written)
  })

  it('keeps secrets when asked to', () => {
    expect(read.document === null ? '' : writeDocument(read.document, { secrets: true })).toContain('sk-1')
  })
})
