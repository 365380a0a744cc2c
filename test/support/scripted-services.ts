import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { systemClock, systemIds } from '../../connectors/clock/system.ts'
import type { NodeServices } from '../../engine/nodes/node.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { ChatRequest, ChatResult, Models } from '../../engine/ports/models.ts'

/** What the scripted model says to a prompt. `call` counts the calls with this prompt from 1. */
export type Script = (prompt: string, call: number, request: ChatRequest) => string | Promise<string>

export function answer(text: string): ChatResult {
  return {
    text,
    reasoning: '',
    finishReason: 'stop',
    promptTokens: 3,
    completionTokens: 2,
    promptPrice: null,
    completionPrice: null,
    currency: 'USD',
    latencyMs: 1,
    firstTokenMs: null,
  }
}

function unused(name: string): never {
  throw new Error(`${name} is not part of this test`)
}

const port = { engine: 'scripted', shared: false, check: () => Promise.resolve(), close: () => Promise.resolve() }

/** Services whose model follows a script; each call is told to `onCall` before it is answered. */
export function scriptedServices(
  script: Script,
  onCall: (prompt: string) => void = () => {},
  clock: Clock = systemClock,
): NodeServices {
  const calls = new Map<string, number>()
  const models: Models = {
    ...port,
    chat: async request => {
      const prompt = request.messages.at(-1)?.content ?? ''
      const call = (calls.get(prompt) ?? 0) + 1
      calls.set(prompt, call)
      onCall(prompt)
      return answer(await script(prompt, call, request))
    },
    classify: () => unused('classify'),
  }
  return {
    clock,
    ids: systemIds,
    models,
    http: { ...port, request: () => unused('http'), fetch: () => unused('http') },
    sandbox: { ...port, languages: [], run: () => unused('sandbox') },
  }
}

/** A file outside the product in which calls are counted, whatever happens to the process. */
export function ledger(path: string): { readonly write: (prompt: string) => void; readonly calls: () => string[] } {
  return {
    write: prompt => appendFileSync(path, `${JSON.stringify(prompt)}\n`),
    calls: () =>
      existsSync(path)
        ? readFileSync(path, 'utf8')
            .split('\n')
            .filter(line => line !== '')
            .map(line => String(JSON.parse(line)))
        : [],
  }
}
