import { renderTemplate } from '../../engine/expressions/template.ts'
import type { NodeCall, NodeServices, NodeType, Selector } from '../../engine/nodes/node.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import type { Ids } from '../../engine/ports/ids.ts'
import { getKey, isObject } from '../../engine/values/object.ts'
import type { Value } from '../../engine/values/value.ts'

export interface NodeCallOptions {
  readonly workspace?: string
  readonly runId?: string
  readonly nodeId?: string
  /** Variables by dotted selector: `start.text`. */
  readonly variables?: Readonly<Record<string, Value>>
  readonly bindings?: NodeCall['bindings']
  /** What the node needs of the world; touching anything else fails the test. */
  readonly services?: Partial<NodeServices>
  readonly signal?: AbortSignal
}

/** A node call as a driver would make it. `emitted` collects what the node streamed. */
export interface TestNodeCall<Data> extends NodeCall<Data> {
  readonly emitted: { readonly output: string; readonly text: string }[]
}

/** Parses `data` by the node’s own schema, as `compile` does, and wraps it into a call. */
export function nodeCall<Data>(type: NodeType<Data>, data: unknown, options: NodeCallOptions = {}): TestNodeCall<Data> {
  return new Call(type.definition.schema.parse(data), options)
}

/** A class as in the driver: a node that takes a method off the call fails here as it would there. */
class Call<Data> implements TestNodeCall<Data> {
  readonly workspace: string
  readonly runId: string
  readonly nodeId: string
  readonly data: Data
  readonly bindings: NodeCall['bindings']
  readonly services: NodeServices
  readonly signal: AbortSignal
  readonly emitted: { output: string; text: string }[] = []
  private readonly variables: Readonly<Record<string, Value>>

  constructor(data: Data, options: NodeCallOptions) {
    this.workspace = options.workspace ?? 'test'
    this.runId = options.runId ?? '01890000-0000-7000-8000-000000000001'
    this.nodeId = options.nodeId ?? 'node'
    this.data = data
    this.bindings = options.bindings ?? { models: [], classifiers: [], policies: [] }
    this.services = services(options.services ?? {})
    this.signal = options.signal ?? new AbortController().signal
    this.variables = options.variables ?? {}
  }

  variable(selector: Selector): Value | undefined {
    return lookUp(this.variables, selector)
  }

  render(template: string): string {
    return renderTemplate(template, selector => this.variable(selector))
  }

  emit(output: string, text: string): void {
    this.emitted.push({ output, text })
  }
}

function lookUp(variables: Readonly<Record<string, Value>>, selector: Selector): Value | undefined {
  for (let length = selector.length; length >= 2; length -= 1) {
    const found = variables[selector.slice(0, length).join('.')]
    if (found !== undefined) return descend(found, selector.slice(length))
  }
  return undefined
}

function descend(value: Value, keys: readonly string[]): Value | undefined {
  let current: Value | undefined = value
  for (const key of keys) current = isObject(current) ? getKey(current, key) : undefined
  return current
}

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: ms => new Promise(resolve => setTimeout(resolve, ms)),
}

function countingIds(): Ids {
  let next = 0
  return { uuid: () => `01890000-0000-7000-8000-${(next += 1).toString(16).padStart(12, '0')}` }
}

function services(given: Partial<NodeServices>): NodeServices {
  const known: Partial<NodeServices> = { clock, ids: countingIds(), ...given }
  // A proxy, so that a service the test did not give is named when the node reaches for it.
  return new Proxy(known, {
    get(target, name) {
      const service: unknown = Reflect.get(target, name)
      if (service === undefined) throw new Error(`the test gave no service "${String(name)}"`)
      return service
    },
  }) as NodeServices // complete as far as the test goes
}
