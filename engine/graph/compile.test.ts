import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { workflowDocument } from '../../test/support/workflow.ts'
import { check, compile, type CompileResult } from './compile.ts'
import { readDocument } from './document.ts'
import { bindingsNeeded, manifest } from './manifest.ts'

type Nodes = Parameters<typeof workflowDocument>[0]
type Edges = Parameters<typeof workflowDocument>[1]

const start = { type: 'start', variables: [{ variable: 'q', type: 'text-input' }] }
const end = { type: 'end', outputs: [{ variable: 'o', value_selector: ['start', 'q'] }] }
const template = { type: 'template-transform', template: 'x', variables: [] }

function build(nodes: Nodes, edges: Edges): CompileResult {
  const { document, error } = readDocument(workflowDocument(nodes, edges))
  if (document === null) throw new Error(error)
  return compile(document)
}

const line: Edges = [{ from: 'start', to: 'end' }]

describe('compiling', () => {
  it('prepares a graph', () => {
    const result = build({ start, end }, line)
    expect(result).toMatchObject({ ok: true, problems: [] })
    expect(result.ok && result.graph).toMatchObject({ root: 0, edges: [{ source: 0, target: 1, handle: 'source' }] })
    expect(result.ok && result.graph.nodes[0]?.opens).toEqual([1])
  })

  it('warns of what is not held of a JSON schema', () => {
    const field = (name: string, schema: unknown): object => ({
      variable: name,
      type: 'json_object',
      json_schema: schema,
    })
    const properties = { pattern: { type: 'string', pattern: 'x', minLength: 1 }, b: { uniqueItems: true } }
    const variables = [field('a', { properties }), field('q', '{'), field('c', { type: 'object' }), field('d', null)]
    const result = build({ start: { type: 'start', variables }, end }, line)
    const warning = { severity: 'warning', nodeId: 'start', field: 'data.variables.0.json_schema' }
    expect(result).toMatchObject({
      ok: true,
      problems: [
        { ...warning, message: 'JSON schema of a: pattern is not checked' },
        { ...warning, message: 'JSON schema of a: uniqueItems is not checked' },
        { field: 'data.variables.1.json_schema', message: expect.stringContaining('JSON schema of q is invalid: ') },
      ],
    })
  })

  it.each<[string, Nodes, Edges, object]>([
    [
      'an unknown type',
      { start, end, x: { type: 'teleport' } },
      [...line, { from: 'start', to: 'x' }],
      { nodeId: 'x', field: 'data.type' },
    ],
    [
      'a container',
      { start, it: { type: 'iteration' } },
      [{ from: 'start', to: 'it' }],
      { nodeId: 'it', field: 'data.type' },
    ],
    [
      'a wrong field',
      { start, end: { type: 'end', outputs: 'all' } },
      line,
      { nodeId: 'end', field: 'data.outputs', expected: 'array' },
    ],
    [
      'a missing target',
      { start, end },
      [...line, { from: 'start', to: 'gone' }],
      { message: expect.stringContaining('[MISSING_NODE]') },
    ],
    [
      'a cycle',
      { start, a: template, b: template },
      [
        { from: 'start', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'b', to: 'a' },
      ],
      { nodeId: 'a', expected: 'no cycle' },
    ],
    ['no start', { end }, [], { nodeId: null, message: 'the workflow has no start node' }],
    [
      'a default of another type',
      {
        start,
        end,
        t: {
          ...template,
          error_strategy: 'default-value',
          default_value: [{ key: 'n', type: 'number', value: 'many' }],
        },
      },
      [...line, { from: 'start', to: 't' }],
      { nodeId: 't', field: 'data.default_value.n', expected: 'number' },
    ],
  ])('names %s', (_, nodes, edges, expected) => {
    const result = build(nodes, edges)
    expect(result.ok).toBe(false)
    expect(result.problems.filter(problem => problem.severity === 'error')).toEqual([expect.objectContaining(expected)])
  })

  it('warns of what never runs and of variables that nobody sets', () => {
    const reading = {
      ...template,
      variables: [
        { variable: 'v', value_selector: ['start', 'gone'] },
        { variable: 'e', value_selector: ['env', 'gone'] },
      ],
    }
    const result = build({ start, end, t: reading, lost: { type: 'teleport' } }, [...line, { from: 'start', to: 't' }])
    expect(result.ok).toBe(true)
    expect(result.problems.map(({ nodeId, severity, message }) => [nodeId, severity, message])).toEqual([
      ['lost', 'warning', expect.stringContaining('never runs')],
      ['lost', 'warning', expect.stringContaining('teleport')],
      ['t', 'warning', 'variable start.gone: the node has no such output'],
      ['t', 'warning', 'variable env.gone: there is no such environment variable'],
    ])
  })

  it('converts defaults as the DSL does', () => {
    const defaults = [
      { key: 'n', type: 'number', value: '-1' },
      { key: 'o', type: 'object', value: '{"a": 1}' },
      { key: 'l', type: 'array[string]', value: '["a"]' },
      { key: 'e', type: 'array[number]', value: '[]' },
      { key: 's', type: 'string', value: '5' },
    ]
    const result = build({ start, end, t: { ...template, error_strategy: 'default-value', default_value: defaults } }, [
      ...line,
      { from: 'start', to: 't' },
    ])
    expect(result.ok && result.graph.nodes[2]?.defaultValue).toStrictEqual({
      n: -1,
      o: { a: 1n },
      l: ['a'],
      e: [],
      s: '5',
    })
  })

  it('takes 2,000 nodes in a chain and no more', () => {
    const chain = (length: number): CompileResult => {
      const ids = ['start', ...Array.from({ length: length - 1 }, (_, index) => `n${index}`)]
      const nodes = Object.fromEntries(ids.map(id => [id, id === 'start' ? start : template]))
      return build(
        nodes,
        ids.slice(1).map((id, index) => ({ from: ids[index] ?? '', to: id })),
      )
    }
    const started = performance.now()
    expect(chain(2_000).ok).toBe(true)
    expect(performance.now() - started).toBeLessThan(10_000)
    expect(chain(2_001).problems).toContainEqual(expect.objectContaining({ expected: 'at most 2000 nodes' }))
  })

  it('says that chat apps cannot run yet', () => {
    const { document } = readDocument('app: {name: n, mode: chat}\nmodel_config: {}')
    expect(document === null ? [] : check(document)).toMatchObject([{ field: 'app.mode', severity: 'error' }])
  })
})

describe('bindings and manifest', () => {
  it('finds models, classifiers and policies by name', () => {
    const decide = {
      type: 'decide',
      label_selector: ['start', 'q'],
      score_selector: ['start', 'q'],
      policies: [
        { label: 'a', policy_id: 'p' },
        { label: 'b', policy_id: 'p' },
      ],
    }
    const result = build({ start, decide }, [{ from: 'start', to: 'decide' }])
    expect(result.ok && bindingsNeeded(result.graph)).toEqual({ models: [], classifiers: [], policies: ['p'] })
  })

  it('does not depend on the order of bindings, but on everything else', async () => {
    const bindings = {
      models: [],
      classifiers: [],
      policies: [
        { id: 'a', version: 1 },
        { id: 'b', version: 2 },
      ],
    }
    const base = await manifest({ document: 'x: 1\n', bindings, semantics: 1 })
    expect(base).toMatch(/^[0-9a-f]{64}$/)
    const turned = {
      ...bindings,
      policies: [
        { version: 2, id: 'b' },
        { version: 1, id: 'a' },
      ],
    }
    expect(await manifest({ semantics: 1, bindings: turned, document: 'x: 1\r\n' })).toBe(base)
    const others = [
      { document: 'x: 2\n', bindings, semantics: 1 },
      { document: 'x: 1\n', bindings, semantics: 2 },
      { document: 'x: 1\n', bindings: { ...bindings, policies: [] }, semantics: 1 },
    ]
    for (const other of others) expect(await manifest(other)).not.toBe(base)
  })
})

const corpus = fileURLToPath(new URL('../../../shared/corpus/dify/', import.meta.url))

describe.skipIf(!existsSync(corpus))('public workflow files', () => {
  it('are read, and what cannot run is named', () => {
    const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter(name => /\.ya?ml$/.test(name))
    expect(files.length).toBeGreaterThan(50)
    for (const file of files) {
      const read = readDocument(readFileSync(corpus + file, 'utf8'))
      if (read.document === null) expect(read.error).not.toBe('')
      else {
        const result = compile(read.document)
        if (!result.ok) expect(result.problems.length).toBeGreaterThan(0)
      }
    }
  })
})
