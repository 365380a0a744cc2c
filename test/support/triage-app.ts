import { stringify } from 'yaml'
import { manifest } from '../../engine/graph/manifest.ts'
import type { WorkspaceRecords } from '../../engine/ports/records.ts'
import { semantics } from '../../engine/run/semantics.ts'
import type { Version } from '../../schemas/version.ts'

const noBindings: Version['bindings'] = { models: [], classifiers: [], policies: [] }

interface TestNode {
  readonly id: string
  readonly data: Readonly<Record<string, unknown>>
}

/** start → template → if-else → decide → end: five nodes on each way, none of them recorded. */
export function pureApp(): string {
  return documentOf(
    [
      startNode,
      {
        id: 'words',
        data: {
          type: 'template-transform',
          title: 'Words',
          template: '{{ text }} · {{ surface }}',
          variables: [
            { variable: 'text', value_selector: ['start', 'text'] },
            { variable: 'surface', value_selector: ['start', 'surface'] },
          ],
        },
      },
      {
        id: 'branch',
        data: {
          type: 'if-else',
          title: 'Branch',
          cases: [
            {
              case_id: 'bad',
              logical_operator: 'and',
              conditions: [{ variable_selector: ['words', 'output'], comparison_operator: 'contains', value: 'spam' }],
            },
          ],
        },
      },
      decideNode('spam', 'spam', 'remove'),
      decideNode('fine', 'none', 'allow'),
      endNode('end-spam', 'spam'),
      endNode('end-fine', 'fine'),
    ],
    [
      ['start', 'words', 'source'],
      ['words', 'branch', 'source'],
      ['branch', 'spam', 'bad'],
      ['branch', 'fine', 'false'],
      ['spam', 'end-spam', 'source'],
      ['fine', 'end-fine', 'source'],
    ],
  )
}

/** start → code (recorded) → decide → end; the sandbox of the test answers the code node. */
export function recordedApp(): string {
  return documentOf(
    [
      startNode,
      {
        id: 'judge',
        data: {
          type: 'code',
          title: 'Judge',
          code_language: 'javascript',
          code: 'function main({ text }) { return { label: text, score: 1 } }',
          variables: [{ variable: 'text', value_selector: ['start', 'text'] }],
          outputs: { label: { type: 'string', children: null }, score: { type: 'number', children: null } },
        },
      },
      {
        id: 'decide',
        data: {
          type: 'decide',
          title: 'Decide',
          label_selector: ['judge', 'label'],
          score_selector: ['judge', 'score'],
          rules: [{ labels: [], min_score: 0.5, action: 'review' }],
          default_action: 'allow',
        },
      },
      endNode('end', 'decide'),
    ],
    [
      ['start', 'judge', 'source'],
      ['judge', 'decide', 'source'],
      ['decide', 'end', 'source'],
    ],
  )
}

/** The model of `modelApp`, as the workspace knows it. */
export const triageModel = { provider: 'test', name: 'triage' } as const

/** start → llm (recorded) → decide → end; the text is the whole prompt, the answer is the label. */
export function modelApp(): string {
  return documentOf(
    [
      startNode,
      {
        id: 'judge',
        data: {
          type: 'llm',
          title: 'Judge',
          model: { ...triageModel, mode: 'chat', completion_params: {} },
          prompt_template: [{ role: 'user', text: '{{#start.text#}}' }],
        },
      },
      {
        id: 'decide',
        data: {
          type: 'decide',
          title: 'Decide',
          label_selector: ['judge', 'text'],
          score_selector: ['env', 'score'],
          rules: [{ labels: [], min_score: 0.5, action: 'review' }],
          default_action: 'allow',
        },
      },
      endNode('end', 'decide'),
    ],
    [
      ['start', 'judge', 'source'],
      ['judge', 'decide', 'source'],
      ['decide', 'end', 'source'],
    ],
  )
}

const startNode: TestNode = {
  id: 'start',
  data: {
    type: 'start',
    title: 'Start',
    variables: [
      { variable: 'text', label: 'Text', type: 'paragraph', required: true, max_length: 100_000 },
      { variable: 'surface', label: 'Surface', type: 'text-input', required: false },
    ],
  },
}

function decideNode(id: string, label: string, action: string): TestNode {
  return {
    id,
    data: {
      type: 'decide',
      title: 'Decide',
      label_selector: ['env', `${id}_label`],
      score_selector: ['env', 'score'],
      none_label: 'none',
      rules: [{ labels: [label], min_score: 0, action }],
      default_action: 'allow',
      reason: '{{#words.output#}}',
    },
  }
}

function endNode(id: string, from: string): TestNode {
  const outputs = [{ variable: 'action', value_selector: [from, 'action'], value_type: 'string' }]
  return { id, data: { type: 'end', title: 'End', outputs } }
}

function documentOf(nodes: readonly TestNode[], edges: readonly (readonly [string, string, string])[]): string {
  return stringify({
    app: { name: 'triage', mode: 'workflow', icon: '🛡', description: '' },
    kind: 'app',
    version: '0.3.0',
    workflow: {
      environment_variables: [
        { name: 'spam_label', value_type: 'string', value: 'spam' },
        { name: 'fine_label', value_type: 'string', value: 'none' },
        { name: 'score', value_type: 'number', value: 0.9 },
      ],
      conversation_variables: [],
      features: {},
      graph: {
        nodes: nodes.map(node => ({ ...node, type: 'custom', position: { x: 0, y: 0 } })),
        edges: edges.map(([source, target, sourceHandle]) => ({
          id: `${source}-${sourceHandle}-${target}`,
          source,
          target,
          sourceHandle,
          targetHandle: 'target',
          type: 'custom',
        })),
      },
    },
  })
}

/** Saves the document as app `triage` and puts it in force. */
export async function publishApp(
  records: WorkspaceRecords,
  document: string,
  versionId: string,
  now: number,
): Promise<Version> {
  await records.apps.save(
    { id: 'triage', name: 'triage', description: '', mode: 'workflow', icon: '🛡', draft: document, demo: false },
    now,
  )
  return records.apps.publish({
    id: versionId,
    appId: 'triage',
    hash: await manifest({ document, bindings: noBindings, semantics }),
    document,
    bindings: noBindings,
    semantics,
    author: 'test',
    note: '',
    createdAt: now,
  })
}
