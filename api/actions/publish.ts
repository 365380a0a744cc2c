import { RiskloomError } from '../../engine/error.ts'
import { compile } from '../../engine/graph/compile.ts'
import { readDocument, type WorkflowDocument } from '../../engine/graph/document.ts'
import type { Graph } from '../../engine/graph/graph.ts'
import { bindingsNeeded, manifest } from '../../engine/graph/manifest.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { Ids } from '../../engine/ports/ids.ts'
import type { Records, WorkspaceRecords } from '../../engine/ports/records.ts'
import { semantics } from '../../engine/run/semantics.ts'
import type { ChecklistItem } from '../../schemas/api/apps.ts'
import type { Bindings, Version } from '../../schemas/version.ts'

export interface PublishServices {
  readonly records: Records
  readonly clock: Clock
  readonly ids: Ids
}

/** Freezes the draft of an app with what it is bound to, and puts it in force. */
export async function publish(
  services: PublishServices,
  workspace: string,
  appId: string,
  by: { author: string; note: string },
): Promise<Version> {
  const records = services.records.workspace(workspace)
  const app = await records.apps.get(appId)
  if (app === undefined) throw new RiskloomError('not-found', `there is no app ${appId}`)
  const { document } = readDocument(app.draft)
  if (document === null) throw new RiskloomError('invalid-document', `the draft of ${appId} cannot be read`)
  const graph = compiled(document)
  const { bindings, problems } = await bind(records, graph)
  refuse(problems)
  return records.apps.publish({
    id: services.ids.uuid(),
    appId,
    hash: await manifest({ document: app.draft, bindings, semantics }),
    document: app.draft,
    bindings,
    semantics,
    author: by.author,
    note: by.note,
    createdAt: services.clock.now(),
  })
}

/** What a document still needs before it can run: its own errors and names that nothing here answers to. */
export async function checklist(records: WorkspaceRecords, document: WorkflowDocument): Promise<ChecklistItem[]> {
  const result = compile(document)
  if (!result.ok) return [...result.problems]
  return [...result.problems, ...(await bind(records, result.graph)).problems]
}

function compiled(document: WorkflowDocument): Graph {
  const result = compile(document)
  if (result.ok) return result.graph
  refuse(result.problems)
  throw new RiskloomError('invalid-document', 'the document does not compile')
}

function refuse(problems: readonly ChecklistItem[]): void {
  const errors = problems.filter(problem => problem.severity === 'error')
  const [first] = errors
  if (first === undefined) return
  const place = [first.nodeId === null ? '' : `node ${first.nodeId}`, first.field ?? ''].filter(Boolean).join(', ')
  throw new RiskloomError('invalid-document', place === '' ? first.message : `${place}: ${first.message}`, {
    details: { nodeId: first.nodeId, field: first.field, expected: first.expected, problems: errors },
  })
}

async function bind(
  records: WorkspaceRecords,
  graph: Graph,
): Promise<{ bindings: Bindings; problems: ChecklistItem[] }> {
  const needed = bindingsNeeded(graph)
  const problems: ChecklistItem[] = []
  const bindings: Bindings = { models: [], classifiers: [], policies: [] }
  for (const { provider, name } of needed.models) {
    // A model that is missing now may be added before the first run, or come from the environment: a warning only.
    if ((await records.models.find(name, provider)) === undefined)
      problems.push(missing('warning', 'model', name, 'add it with `riskloom models add`'))
  }
  for (const name of needed.classifiers) {
    const found = await records.models.classifier(name, 0)
    if (found === undefined) problems.push(missing('error', 'classifier', name, 'train it first'))
    else bindings.classifiers.push({ name, version: found.version, blob: found.hash })
  }
  for (const id of needed.policies) {
    const found = await records.policies.get(id, 0)
    if (found === undefined) problems.push(missing('error', 'policy', id, 'add the policy first'))
    else bindings.policies.push({ id, version: found.version })
  }
  return { bindings, problems }
}

function missing(severity: 'error' | 'warning', kind: string, name: string, way: string): ChecklistItem {
  return {
    nodeId: null,
    field: kind,
    expected: `a ${kind} of this name`,
    message: `there is no ${kind} ${name}; ${way}`,
    severity,
  }
}
