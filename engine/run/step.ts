import type { Graph } from '../graph/graph.ts'
import type { ObjectValue } from '../values/value.ts'
import type { Completion, Progress, RunContext, RunState } from './state.ts'

/** Starts a run. Inputs that do not fit the start node give a failed run, never an exception. */
export declare function begin(graph: Graph, context: RunContext, inputs: ObjectValue, now: number): Progress

/** Takes in what happened. Completions that no longer matter (run ended, attempt superseded) change nothing. */
export declare function step(graph: Graph, state: RunState, completion: Completion, now: number): Progress
