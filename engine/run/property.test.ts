import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { graphOf, runContext, ScriptedRun, succeed } from '../../test/support/scripted-run.ts'
import type { RunEvent } from '../../schemas/run-event.ts'
import type { Graph } from '../graph/graph.ts'
import type { NodeOutcome } from '../nodes/node.ts'
import { encodeJson } from '../values/codec.ts'
import type { ObjectValue, Value } from '../values/value.ts'
import { edgeTaken, edgeUnknown } from './state.ts'
import { begin, step } from './step.ts'

/** Random graphs without cycles: templates, branches and ends behind a start; edges only lead to later nodes. */
const graphs = fc
  .array(
    fc.record({
      kind: fc.constantFrom('template', 'template', 'branch', 'fail-branch', 'default', 'end'),
      from: fc.array(fc.nat(), { minLength: 1, maxLength: 3 }),
      handles: fc.array(fc.constantFrom('source', 'yes', 'false', 'fail-branch'), { minLength: 3, maxLength: 3 }),
      reads: fc.nat(),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map(build)

interface Piece {
  readonly kind: string
  readonly from: readonly number[]
  readonly handles: readonly string[]
  readonly reads: number
}

function build(pieces: readonly Piece[]): Graph {
  const ids = ['start', ...pieces.map((_, index) => `n${index}`)]
  const kinds = ['template', ...pieces.map(piece => piece.kind)]
  const nodes: Record<string, Record<string, unknown>> = { start: { type: 'start', variables: [] } }
  const edges: { from: string; to: string; handle: string }[] = []
  pieces.forEach((piece, index) => {
    nodes[`n${index}`] = dataOf(piece, ids[piece.reads % (index + 1)] ?? 'start')
    piece.from.forEach((source, place) => {
      const at = source % (index + 1)
      const branching = kinds[at] === 'branch' || kinds[at] === 'fail-branch'
      edges.push({ from: ids[at] ?? '', to: `n${index}`, handle: branching ? (piece.handles[place] ?? '') : 'source' })
    })
  })
  return graphOf(nodes, edges)
}

function dataOf(piece: Piece, read: string): Record<string, unknown> {
  const template = { type: 'template-transform', template: '', variables: [] }
  switch (piece.kind) {
    case 'branch':
      return { type: 'if-else', cases: [{ case_id: 'yes', conditions: [] }] }
    case 'fail-branch':
      return { ...template, error_strategy: 'fail-branch' }
    case 'default':
      return { ...template, error_strategy: 'default-value', default_value: [] }
    case 'end':
      return { type: 'end', outputs: [{ variable: 'o', value_selector: [read, 'output'] }] }
    default:
      return template
  }
}

/** One choice an outside world makes: which open command it answers next, and how. */
const choices = fc.array(fc.record({ pick: fc.nat(), way: fc.constantFrom('yes', 'false', 'fail', 'text') }), {
  minLength: 60,
  maxLength: 60,
})

function outcomeFor(type: string, way: string): NodeOutcome {
  if (type === 'if-else') return succeed({ result: way === 'yes' }, { handle: way === 'yes' ? 'yes' : 'false' })
  if (way === 'fail' && type === 'template-transform') return { ok: false, inputs: {}, error: 'no', errorType: 'E' }
  return succeed({ output: way })
}

function play(graph: Graph, script: readonly { pick: number; way: string }[], failures: boolean): ScriptedRun {
  const run = new ScriptedRun(graph)
  for (const { pick, way } of script) {
    const command = run.open[pick % Math.max(1, run.open.length)]
    const node = command === undefined ? undefined : graph.nodes[command.node]
    if (node === undefined || run.ended) break
    if (way === 'text') run.hand({ kind: 'text', node: node.index, output: 'output', text: 'te' })
    const handled = node.errorStrategy !== 'none' || failures
    run.answer(node.id, outcomeFor(node.type, way === 'fail' && !handled ? 'yes' : way))
  }
  return run
}

describe('random graphs and any order of completions', () => {
  it('always end, and run each node at most once', () => {
    fc.assert(
      fc.property(graphs, choices, fc.boolean(), (graph, script, failures) => {
        const run = play(graph, script, failures)
        expect(run.ended).toBe(true)
        const started = run.events.flatMap(event => (event.type === 'node-started' ? [event.nodeId] : []))
        expect(new Set(started).size).toBe(started.length)
        expect(run.state.steps).toBe(started.length)
      }),
      { numRuns: 400 },
    )
  })

  it('run exactly the nodes that a taken edge leads to, when nothing fails', () => {
    fc.assert(
      fc.property(graphs, choices, (graph, script) => {
        const { state } = play(graph, script, false)
        expect(state.edges).not.toContain(edgeUnknown)
        for (const node of graph.nodes) {
          const reached = node.index === graph.root || node.incoming.some(edge => state.edges[edge] === edgeTaken)
          expect(state.outputs[node.index] !== null).toBe(reached)
          expect(state.skipped[node.index]).toBe(!reached)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('give byte-equal events when the recorded completions are replayed', () => {
    fc.assert(
      fc.property(graphs, choices, fc.boolean(), (graph, script, failures) => {
        const run = play(graph, script, failures)
        const first = begin(graph, runContext, {}, 1_000)
        const events: RunEvent[] = [...first.events]
        run.recorded.forEach((completion, index) =>
          events.push(...step(graph, first.state, completion, 1_001 + index).events),
        )
        const bytes = (list: readonly RunEvent[]): string => encodeJson(list as unknown as readonly Value[])
        expect(bytes(events)).toBe(bytes(run.events))
      }),
      { numRuns: 200 },
    )
  })

  it('end in the same outputs whatever the order, when the answers are the same', () => {
    fc.assert(
      fc.property(
        graphs,
        fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        (graph, one, other) => {
          const steady = (picks: readonly number[]): readonly (ObjectValue | null)[] =>
            play(
              graph,
              picks.map(pick => ({ pick, way: 'yes' })),
              false,
            ).state.outputs
          expect(steady(one)).toEqual(steady(other))
        },
      ),
      { numRuns: 200 },
    )
  })
})
