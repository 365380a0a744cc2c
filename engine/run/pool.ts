import type { Graph } from '../graph/graph.ts'
import { fileAttribute, getKey, isObject } from '../values/object.ts'
import { FileValue, type ObjectValue, type Value } from '../values/value.ts'
import type { RunState } from './state.ts'

/** The value of a variable; undefined when it does not exist. */
export function readVariable(graph: Graph, state: RunState, selector: readonly string[]): Value | undefined {
  const [first, name] = selector
  if (first === undefined || name === undefined) return undefined
  const source = sourceOf(graph, state, first)
  if (source === undefined) return undefined
  const own = getKey(source, name)
  // Null is a value like any other: only what is missing is looked for elsewhere.
  const value = own === undefined ? systemOfStart(graph, state, first, name) : own
  return selector.length === 2 ? value : descend(value, selector)
}

function sourceOf(graph: Graph, state: RunState, first: string): ObjectValue | undefined {
  const index = graph.nodeIndex.get(first)
  if (index !== undefined) return state.outputs[index] ?? (index === graph.root ? state.inputs : undefined)
  if (first === 'sys') return state.system
  return first === 'env' ? graph.environment : undefined
}

/** Older documents read system variables as outputs of the start node: `start → sys.user_id`. */
function systemOfStart(graph: Graph, state: RunState, first: string, name: string): Value | undefined {
  if (!name.startsWith('sys.') || graph.nodeIndex.get(first) !== graph.root) return undefined
  return getKey(state.system, name.slice(4))
}

/** Keys of objects, or one attribute of a file; lists have no keys. */
function descend(from: Value | undefined, selector: readonly string[]): Value | undefined {
  let value = from
  for (let at = 2; at < selector.length; at += 1) {
    const key = selector[at] ?? ''
    if (value instanceof FileValue) return at === selector.length - 1 ? fileAttribute(value, key) : undefined
    if (!isObject(value)) return undefined
    value = getKey(value, key)
  }
  return value
}
