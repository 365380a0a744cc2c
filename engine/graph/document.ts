import type { AppMode } from '../../schemas/app.ts'
import { toJs } from '../values/codec.ts'
import { getKey, isList, isObject } from '../values/object.ts'
import type { ObjectValue, Value } from '../values/value.ts'
import { compareVersions, currentVersion, type ImportStatus } from './version.ts'
import { parseYaml } from './yaml.ts'

export interface DocumentNode {
  readonly id: string
  /** The `data` block, unparsed. */
  readonly data: Readonly<Record<string, unknown>>
}

export interface DocumentEdge {
  readonly source: string
  readonly target: string
  readonly sourceHandle: string
}

export interface DocumentVariable {
  readonly name: string
  readonly type: string
  readonly value: Value
}

/** A Dify DSL document after its envelope was read. */
export interface WorkflowDocument {
  /** The YAML as it was read: what `writeDocument` and the manifest start from. */
  readonly text: string
  readonly version: string
  readonly app: {
    readonly name: string
    readonly mode: AppMode | 'agent'
    readonly icon: string
    readonly description: string
  }
  /** Null for the modes that have no graph. */
  readonly workflow: WorkflowBlock | null
}

export interface WorkflowBlock {
  readonly nodes: readonly DocumentNode[]
  readonly edges: readonly DocumentEdge[]
  readonly environment: readonly DocumentVariable[]
  readonly conversation: readonly DocumentVariable[]
}

export interface ReadResult {
  readonly status: ImportStatus
  readonly error: string
  readonly warnings: readonly string[]
  /** Null exactly when the status is `failed`. */
  readonly document: WorkflowDocument | null
}

const modes: readonly (AppMode | 'agent')[] = ['workflow', 'advanced-chat', 'chat', 'agent-chat', 'completion', 'agent']

/** Reads YAML text. Never throws for a bad document: the result says what is wrong. */
export function readDocument(text: string): ReadResult {
  try {
    const parsed = parseYaml(text)
    if (!parsed.ok) return failed(parsed.error)
    const root = parsed.value
    const version = readVersion(getKey(root, 'version'))
    const status = compareVersions(version, currentVersion)
    if (status === 'failed') return failed(`Invalid version format: ${version}`)
    const app = readApp(getKey(root, 'app'))
    const workflow = readWorkflow(root, app.mode)
    return { status, error: '', warnings: [], document: { text, version, app, workflow } }
  } catch (error) {
    if (error instanceof DocumentFault) return failed(error.message)
    throw error
  }
}

/** Ends the reading of this document; never leaves this file. */
class DocumentFault extends Error {}

function failed(error: string): ReadResult {
  return { status: 'failed', error, warnings: [], document: null }
}

function fault(message: string): never {
  throw new DocumentFault(message)
}

const pythonTypes: Readonly<Record<string, string>> = {
  number: 'float',
  bigint: 'int',
  boolean: 'bool',
  object: 'dict',
}

function readVersion(version: Value | undefined): string {
  if (version === undefined || version === null || version === '') return '0.1.0'
  if (typeof version === 'string') return version
  const name = isList(version) ? 'list' : (pythonTypes[typeof version] ?? 'object')
  return fault(`Invalid version type, expected str, got <class '${name}'>`)
}

function readApp(app: Value | undefined): WorkflowDocument['app'] {
  if (!isObject(app) || Object.keys(app).length === 0) return fault('Missing app data in YAML content')
  const mode = text(getKey(app, 'mode'))
  if (mode === '') return fault('loss app mode')
  const known = modes.find(candidate => candidate === mode)
  if (known === undefined) return fault(`'${mode}' is not a valid AppMode`)
  return {
    name: text(getKey(app, 'name')),
    mode: known,
    icon: text(getKey(app, 'icon')),
    description: text(getKey(app, 'description')),
  }
}

function readWorkflow(root: ObjectValue, mode: WorkflowDocument['app']['mode']): WorkflowBlock | null {
  if (mode === 'agent') return null
  if (mode !== 'workflow' && mode !== 'advanced-chat') {
    if (!isObject(getKey(root, 'model_config'))) fault('Missing model_config for chat/agent-chat/completion app')
    return null
  }
  const workflow = getKey(root, 'workflow')
  if (!isObject(workflow)) return fault('Missing workflow data for workflow/advanced chat app')
  const graph = getKey(workflow, 'graph') ?? {}
  if (!isObject(graph)) return fault('workflow.graph must be a mapping')
  return {
    nodes: objects(getKey(graph, 'nodes'), 'workflow.graph.nodes').flatMap(readNode),
    edges: objects(getKey(graph, 'edges'), 'workflow.graph.edges').map(readEdge),
    environment: objects(getKey(workflow, 'environment_variables'), 'workflow.environment_variables').map(readVariable),
    conversation: objects(getKey(workflow, 'conversation_variables'), 'workflow.conversation_variables').map(
      readVariable,
    ),
  }
}

function objects(list: Value | undefined, path: string): readonly ObjectValue[] {
  if (list === undefined || list === null) return []
  if (!isList(list)) return fault(`${path} must be a list`)
  return list.map((item, index) => (isObject(item) ? item : fault(`${path}[${index}] must be a mapping`)))
}

/** Notes on the canvas are no nodes of the graph. */
function readNode(node: ObjectValue, index: number): DocumentNode[] {
  if (getKey(node, 'type') === 'custom-note') return []
  const id = text(getKey(node, 'id'))
  if (id === '') return fault(`workflow.graph.nodes[${index}] has no id`)
  const data = toJs(getKey(node, 'data') ?? {})
  // A mapping of the document: its keys are strings.
  return [{ id, data: typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {} }]
}

function readEdge(edge: ObjectValue): DocumentEdge {
  return {
    source: text(getKey(edge, 'source')),
    target: text(getKey(edge, 'target')),
    sourceHandle: text(getKey(edge, 'sourceHandle')) || 'source',
  }
}

function readVariable(variable: ObjectValue): DocumentVariable {
  const name = text(getKey(variable, 'name'))
  if (name === '') fault('missing name')
  const type = text(getKey(variable, 'value_type'))
  if (type === '') fault('missing value type')
  const value = getKey(variable, 'value') ?? null
  return value === null ? fault('missing value') : { name, type, value }
}

/** Ids and names are sometimes written as YAML numbers or booleans. */
function text(value: Value | undefined): string {
  return value === undefined || value === null || typeof value === 'object' ? '' : String(value)
}
