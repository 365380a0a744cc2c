import { messageOf, RiskloomError } from '../../engine/error.ts'
import { readDocument, type WorkflowDocument } from '../../engine/graph/document.ts'
import type { ImportResult } from '../../schemas/api/apps.ts'
import type { App } from '../../schemas/app.ts'
import { checklist, publish, type PublishServices } from './publish.ts'

export interface ImportRequest {
  readonly document: string
  readonly appId?: string | undefined
  readonly name?: string | undefined
  readonly publish: boolean
  readonly confirm?: boolean
  readonly author: string
  readonly demo?: boolean
}

/** Imports a document as the draft of a new app, or over an existing one. What it lacks is a checklist, not a failure. */
export async function importApp(
  services: PublishServices,
  workspace: string,
  request: ImportRequest,
): Promise<ImportResult> {
  const { status, error, warnings, document } = readDocument(request.document)
  const none = { appId: null, mode: null, checklist: [], published: false, versionId: null }
  if (document === null || (status === 'pending' && request.confirm !== true))
    return { ...none, status, error, warnings: [...warnings] }
  const mode = modeOf(document)
  const app = await save(services, workspace, request, document, mode)
  const items =
    mode === 'workflow' ? await checklist(services.records.workspace(workspace), document) : [laterMode(mode)]
  const result = {
    appId: app.id,
    mode,
    status,
    error,
    warnings: [...warnings],
    checklist: items,
    published: false,
    versionId: null,
  }
  if (!request.publish) return result
  try {
    const version = await publish(services, workspace, app.id, { author: request.author, note: '' })
    return { ...result, published: true, versionId: version.id }
  } catch (cause) {
    if (!(cause instanceof RiskloomError) || cause.code !== 'invalid-document') throw cause
    return { ...result, error: messageOf(cause) }
  }
}

function modeOf(document: WorkflowDocument): App['mode'] {
  if (document.app.mode === 'agent')
    throw new RiskloomError('invalid-document', 'app.mode: apps of mode agent cannot be imported')
  return document.app.mode
}

function laterMode(mode: string) {
  return {
    nodeId: null,
    field: 'app.mode',
    expected: 'workflow',
    message: `apps of mode ${mode} can be imported but not run yet`,
    severity: 'error' as const,
  }
}

async function save(
  services: PublishServices,
  workspace: string,
  request: ImportRequest,
  document: WorkflowDocument,
  mode: App['mode'],
): Promise<App> {
  const { apps } = services.records.workspace(workspace)
  const name = request.name ?? document.app.name
  const fields = {
    name,
    description: document.app.description,
    mode,
    icon: document.app.icon,
    draft: request.document,
    demo: request.demo ?? false,
  }
  return apps.save({ id: request.appId ?? (await freeId(name, id => apps.get(id))), ...fields }, services.clock.now())
}

/** A readable id from the name; numbered when it is taken. */
async function freeId(name: string, find: (id: string) => Promise<App | undefined>): Promise<string> {
  const base =
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 50) || 'app'
  for (let number = 1; ; number += 1) {
    const id = number === 1 ? base : `${base}-${number}`
    if ((await find(id)) === undefined) return id
  }
}
