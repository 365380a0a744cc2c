import { RiskloomError } from '../../../engine/error.ts'
import type { ModelRecord } from '../../../engine/ports/records.ts'
import type { Secrets } from '../../../engine/ports/secrets.ts'

/** Where a model answers, and for how much. */
export interface Endpoint {
  readonly baseUrl: string
  readonly apiKey: string | null
  /** US dollars per token; null where no price is known. */
  readonly promptPrice: number | null
  readonly completionPrice: number | null
  readonly guard: 'workspace' | 'operator'
}

/** The address and key that the operator gives for every model no workspace has configured. */
export interface Fallback {
  readonly baseUrl?: string | undefined
  readonly apiKey?: string | undefined
}

export interface EndpointOptions {
  readonly records: {
    workspace(id: string): {
      readonly models: { find(name: string, provider?: string): Promise<ModelRecord | undefined> }
    }
  }
  readonly secrets: Pick<Secrets, 'open'>
  readonly fallback?: Fallback
}

export const openaiUrl = 'https://api.openai.com/v1'

/** Finds the model of a workspace. @throws RiskloomError `model-not-found` */
export async function findEndpoint(
  options: EndpointOptions,
  model: { workspace: string; provider: string; name: string },
): Promise<Endpoint> {
  const record = await options.records.workspace(model.workspace).models.find(model.name, model.provider)
  if (record?.kind === 'llm') return ofRecord(options, model.workspace, record)
  const { baseUrl, apiKey } = options.fallback ?? {}
  if (baseUrl === undefined && apiKey === undefined) {
    throw new RiskloomError('model-not-found', `There is no model "${model.name}" of provider "${model.provider}"`, {
      details: { model: model.name, provider: model.provider },
    })
  }
  return {
    baseUrl: baseUrl ?? openaiUrl,
    apiKey: apiKey ?? null,
    promptPrice: null,
    completionPrice: null,
    guard: 'operator',
  }
}

async function ofRecord(options: EndpointOptions, workspace: string, record: ModelRecord): Promise<Endpoint> {
  const perToken = (price: number | null): number | null => (price === null ? null : price / 1_000)
  return {
    baseUrl: record.baseUrl,
    apiKey: record.apiKeySealed === null ? null : await options.secrets.open(workspace, record.apiKeySealed),
    promptPrice: perToken(record.promptPrice),
    completionPrice: perToken(record.completionPrice),
    guard: 'workspace',
  }
}
