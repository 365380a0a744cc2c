import type { Clock } from '../../engine/ports/clock.ts'
import { noFaults, type Faults } from '../../engine/ports/faults.ts'
import type { Http } from '../../engine/ports/http.ts'
import type { Models } from '../../engine/ports/models.ts'
import type { Telemetry } from '../../engine/ports/telemetry.ts'
import { guardedHttp } from '../http/index.ts'
import type { LocalClassifiers } from './local/local-classifiers.ts'
import type { EndpointOptions } from './openai/endpoint.ts'
import { openaiChat, type ChatLimits } from './openai/openai-chat.ts'

export interface ModelsOptions extends EndpointOptions {
  readonly http: Http
  readonly local: Pick<LocalClassifiers, 'classify' | 'classifyNow'>
  readonly clock: Clock
  readonly telemetry?: Telemetry
  readonly faults?: Faults
  readonly limits?: Partial<ChatLimits>
}

/** The models port: chat by endpoints that speak OpenAI’s protocol, classifiers by the provider `local`. */
export function models(options: ModelsOptions): Models {
  // The operator’s own endpoint may stand in a private network without opening that address to workflows.
  const operator = guardedHttp({
    allow: operatorAddress(options.fallback?.baseUrl),
    ...(options.telemetry === undefined ? {} : { telemetry: options.telemetry }),
  })
  return {
    engine: 'openai',
    shared: true,
    check: () => Promise.resolve(),
    close: () => operator.close(),
    chat: openaiChat({ ...options, faults: options.faults ?? noFaults, guards: { workspace: options.http, operator } }),
    classify: request => options.local.classify(request),
    classifyNow: request => options.local.classifyNow(request),
  }
}

function operatorAddress(baseUrl: string | undefined): string[] {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) return []
  const url = new URL(baseUrl)
  return [`${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`]
}

/** Every adapter of the port; the contract suite runs over this list. */
export const modelsAdapters = { openai: models } as const

export { localClassifiers, type LocalClassifiers } from './local/local-classifiers.ts'
