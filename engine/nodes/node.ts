import type * as z from 'zod'
import type { Verdict } from '../../schemas/decision.ts'
import type { ModelCall } from '../../schemas/model-call.ts'
import type { Bindings } from '../../schemas/version.ts'
import type { Clock } from '../ports/clock.ts'
import type { Http } from '../ports/http.ts'
import type { Ids } from '../ports/ids.ts'
import type { Models } from '../ports/models.ts'
import type { Sandbox } from '../ports/sandbox.ts'
import type { ObjectValue, Value } from '../values/value.ts'

/** Path of a variable: node id (or `sys`, `env`, `conversation`), name, then keys. */
export type Selector = readonly string[]

/**
 * What a node type is: pure, so that the studio, validation, documents and the deterministic interpreter share it.
 * `Data` is the node's `data` block as the schema parses it; unknown keys are kept.
 */
export interface NodeDefinition<Data = unknown> {
  readonly type: string
  readonly title: { readonly 'zh-CN': string; readonly en: string }
  readonly description: { readonly 'zh-CN': string; readonly en: string }
  readonly schema: z.ZodType<Data>
  /**
   * `recorded`: the result comes from outside or is not reproducible, so a driver journals it before the run goes on.
   * `pure`: the same inputs give the same result, so a replay computes it again.
   */
  readonly effect: 'pure' | 'recorded'
  /** Handles a branch node can leave on; absent for nodes that leave on `source`. */
  branches?(data: Data): readonly string[]
  /** Variables it reads, for checks and for the studio. */
  reads(data: Data): readonly Selector[]
  /** Names and types of what it puts out. */
  outputs(data: Data): Readonly<Record<string, string>>
  /** A complete `data` block that works, with the variables it needs: run by a test and shown in the documents. */
  readonly examples: readonly NodeExample[]
}

export interface NodeExample {
  readonly data: Readonly<Record<string, unknown>>
  /** Variables by dotted selector: `start.text`. */
  readonly variables: Readonly<Record<string, Value>>
  /** Expected outputs; absent where they come from outside. */
  readonly outputs?: Readonly<Record<string, Value>>
}

/** What a running node may use. */
export interface NodeServices {
  readonly clock: Clock
  readonly ids: Ids
  readonly models: Models
  readonly http: Http
  readonly sandbox: Sandbox
}

export interface NodeCall<Data = unknown> {
  readonly workspace: string
  readonly runId: string
  readonly nodeId: string
  readonly data: Data
  readonly bindings: Bindings
  readonly services: NodeServices
  /** Undefined when the variable does not exist (null when it exists and is null). */
  variable(selector: Selector): Value | undefined
  /** The text with each `{{#node.name#}}` replaced, as the DSL renders it in prompts and requests. */
  render(template: string): string
  /** A piece of an output that streams, named by output. */
  emit(output: string, text: string): void
  readonly signal: AbortSignal
}

export type NodeOutcome =
  | {
      readonly ok: true
      /** As shown in the trace. */
      readonly inputs: ObjectValue
      readonly processData?: ObjectValue
      readonly outputs: ObjectValue
      /** The handle to leave on; `source` when absent. */
      readonly handle?: string
      readonly verdict?: Verdict
      readonly modelCalls?: readonly ModelCall[]
    }
  | {
      readonly ok: false
      readonly inputs: ObjectValue
      readonly processData?: ObjectValue
      /** Text and kind as the DSL's error strategies hand them on: `CodeExecutionError`, `HTTPResponseCodeError`, … */
      readonly error: string
      readonly errorType: string
      /** Outputs known in spite of the failure (an http status). */
      readonly outputs?: ObjectValue
      readonly modelCalls?: readonly ModelCall[]
      /** Passes by itself (429, connection lost): the driver may try the run again. `retryAfter` in seconds. */
      readonly transient?: boolean
      readonly retryAfter?: number
    }

/** The effect side of a node type. Pure nodes answer synchronously. Throwing means a bug, not a failed node. */
export type NodeRunner<Data = unknown> = (call: NodeCall<Data>) => NodeOutcome | Promise<NodeOutcome>

export interface NodeType<Data = unknown> {
  readonly definition: NodeDefinition<Data>
  readonly run: NodeRunner<Data>
}
