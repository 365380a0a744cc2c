import { createHash } from 'node:crypto'
import { semantics } from '../../engine/run/semantics.ts'
import type { Version } from '../../schemas/version.ts'

interface Edge {
  readonly from: string
  readonly to: string
  readonly handle?: string
}

/** A document of the DSL from the `data` blocks of its nodes, by node id. JSON is YAML. */
export function workflowDocument(
  nodes: Readonly<Record<string, Record<string, unknown>>>,
  edges: readonly Edge[],
): string {
  return JSON.stringify({
    kind: 'app',
    version: '0.6.0',
    app: { name: 'test', mode: 'workflow', icon: '', description: '' },
    workflow: {
      environment_variables: [],
      conversation_variables: [],
      features: {},
      graph: {
        nodes: Object.entries(nodes).map(([id, data]) => ({ id, type: 'custom', data: { title: id, ...data } })),
        edges: edges.map(({ from, to, handle = 'source' }) => ({
          id: `${from}-${handle}-${to}`,
          source: from,
          target: to,
          sourceHandle: handle,
          targetHandle: 'target',
        })),
      },
    },
  })
}

/** A published version of a document, as records would hold it. */
export function versionOf(document: string, change: Partial<Version> = {}): Version {
  const hash = createHash('sha256').update(document).digest('hex')
  return {
    v: 1,
    workspace: 'main',
    id: `01890000-0000-7000-8000-${hash.slice(0, 12)}`,
    appId: 'test-app',
    number: 1,
    hash,
    document,
    bindings: { models: [], classifiers: [], policies: [] },
    semantics,
    author: 'test',
    note: '',
    createdAt: 0,
    ...change,
  }
}

export function startData(...names: string[]): Record<string, unknown> {
  return {
    type: 'start',
    variables: names.map(variable => ({ variable, label: variable, type: 'paragraph', required: false })),
  }
}

/** Outputs by name: `node.variable`. */
export function endData(outputs: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    type: 'end',
    outputs: Object.entries(outputs).map(([variable, path]) => ({
      variable,
      value_selector: path.split('.'),
      value_type: 'string',
    })),
  }
}

/** Variables by name: `node.variable`. */
export function templateData(template: string, variables: Readonly<Record<string, string>>): Record<string, unknown> {
  return {
    type: 'template-transform',
    template,
    variables: Object.entries(variables).map(([variable, path]) => ({ variable, value_selector: path.split('.') })),
  }
}

/** A node that asks the (scripted) model: the user message is the text. */
export function modelData(text: string, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'llm',
    model: { provider: 'scripted', name: 'scripted', mode: 'chat', completion_params: {} },
    prompt_template: [{ id: '1', role: 'user', text, edition_type: 'basic' }],
    context: { enabled: false, variable_selector: [] },
    vision: { enabled: false },
    ...more,
  }
}

/** Five pure nodes: start → template → if-else → template → end. */
export function pureDocument(): string {
  return workflowDocument(
    {
      start: startData('text'),
      upper: templateData('{{ t | upper }}', { t: 'start.text' }),
      choose: {
        type: 'if-else',
        cases: [
          {
            id: 'long',
            case_id: 'long',
            logical_operator: 'and',
            conditions: [
              {
                id: '1',
                variable_selector: ['upper', 'output'],
                comparison_operator: 'contains',
                value: 'A',
                varType: 'string',
              },
            ],
          },
        ],
      },
      yes: templateData('has A: {{ t }}', { t: 'upper.output' }),
      no: templateData('no A: {{ t }}', { t: 'upper.output' }),
      end: endData({ yes: 'yes.output', no: 'no.output' }),
    },
    [
      { from: 'start', to: 'upper' },
      { from: 'upper', to: 'choose' },
      { from: 'choose', to: 'yes', handle: 'long' },
      { from: 'choose', to: 'no', handle: 'false' },
      { from: 'yes', to: 'end' },
      { from: 'no', to: 'end' },
    ],
  )
}

/** Two model calls in a row, a pure node between them. */
export function twoCallsDocument(): string {
  return workflowDocument(
    {
      start: startData('q'),
      first: modelData('first {{#start.q#}}'),
      middle: templateData('<{{ t }}>', { t: 'first.text' }),
      second: modelData('second {{#middle.output#}}'),
      end: endData({ answer: 'second.text' }),
    },
    [
      { from: 'start', to: 'first' },
      { from: 'first', to: 'middle' },
      { from: 'middle', to: 'second' },
      { from: 'second', to: 'end' },
    ],
  )
}

/** Two model calls beside each other, joined by the end. */
export function parallelDocument(): string {
  return workflowDocument(
    {
      start: startData('q'),
      left: modelData('left {{#start.q#}}'),
      right: modelData('right {{#start.q#}}'),
      end: endData({ left: 'left.text', right: 'right.text' }),
    },
    [
      { from: 'start', to: 'left' },
      { from: 'start', to: 'right' },
      { from: 'left', to: 'end' },
      { from: 'right', to: 'end' },
    ],
  )
}
