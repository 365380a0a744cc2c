import { describe, expect, it } from 'vitest'
import { fail, graphOf, ScriptedRun, succeed } from '../../test/support/scripted-run.ts'
import { RunEvent } from '../../schemas/run-event.ts'
import { Run } from '../../schemas/run.ts'
import type { Graph } from '../graph/graph.ts'
import { encodeJson } from '../values/codec.ts'
import type { Value } from '../values/value.ts'
import { readVariable } from './pool.ts'
import { runOf } from './run-of.ts'
import { step } from './step.ts'

const start = { type: 'start', variables: [{ variable: 'q', type: 'text-input' }] }
const code = { type: 'template-transform', template: '', variables: [] }
const branch = { type: 'if-else', cases: [{ case_id: 'yes', conditions: [] }] }
const output = (...selectors: string[][]) => ({
  type: 'end',
  outputs: selectors.map((selector, index) => ({ variable: `o${index}`, value_selector: selector })),
})

function straightGraph(node: Record<string, unknown>, selectors: string[][]): Graph {
  return graphOf({ start, n: node, end: output(...selectors) }, [
    { from: 'start', to: 'n' },
    { from: 'n', to: 'end' },
  ])
}

function straight(node: Record<string, unknown>, ...selectors: string[][]): ScriptedRun {
  return begun(straightGraph(node, selectors))
}

/** The same with a node whose answer comes from outside and that is tried again. */
function effectful(attempts: number, intervalMs: number, ...selectors: string[][]): ScriptedRun {
  const graph = straightGraph(code, selectors)
  const nodes = graph.nodes.map(node =>
    node.id === 'n' ? { ...node, effect: 'recorded' as const, retry: { attempts, intervalMs } } : node,
  )
  return begun({ ...graph, nodes })
}

function begun(graph: Graph): ScriptedRun {
  const run = new ScriptedRun(graph, { q: 'v' })
  run.answer('start', succeed({ q: 'v' }))
  return run
}

describe('scheduling', () => {
  it('waits at a join for all branches that were not skipped', () => {
    const graph = graphOf({ start, b: branch, x: code, y: code, z: code, j: code, end: output(['j', 'output']) }, [
      { from: 'start', to: 'b' },
      { from: 'start', to: 'z' },
      { from: 'b', to: 'x', handle: 'yes' },
      { from: 'b', to: 'y', handle: 'false' },
      { from: 'x', to: 'j' },
      { from: 'y', to: 'j' },
      { from: 'z', to: 'j' },
      { from: 'j', to: 'end' },
    ])
    const run = new ScriptedRun(graph)
    run.answer('start')
    expect(run.asked).toEqual(['b', 'z'])
    run.answer('b', succeed({}, { handle: 'yes' }))
    run.answer('x', succeed({ output: 'X' }))
    expect(run.asked).toEqual(['z'])
    run.answer('z')
    expect(run.asked).toEqual(['j'])
    run.answer('j', succeed({ output: 'J' }))
    run.answer('end', succeed({ o0: 'J' }))
    expect(runOf(run.state)).toMatchObject({ status: 'succeeded', outputs: { o0: 'J' }, steps: 6, exceptions: 0 })
    expect(runOf(run.state).nodes.map(node => node.nodeId)).toEqual(['start', 'b', 'x', 'z', 'j', 'end'])
  })

  it('succeeds without outputs when no edge fits', () => {
    const graph = graphOf({ start, b: branch, x: code, end: output(['x', 'output']) }, [
      { from: 'start', to: 'b' },
      { from: 'b', to: 'x', handle: 'yes' },
      { from: 'x', to: 'end' },
    ])
    const run = new ScriptedRun(graph)
    run.answer('start')
    run.answer('b', succeed({}, { handle: 'false' }))
    expect(runOf(run.state)).toMatchObject({ status: 'succeeded', outputs: {}, steps: 2 })
  })

  it('merges the outputs of several ends in the order of their arrival', () => {
    const graph = graphOf({ start, a: code, b: code, e1: output(['a', 'output']), e2: output(['b', 'output']) }, [
      { from: 'start', to: 'a' },
      { from: 'start', to: 'b' },
      { from: 'a', to: 'e1' },
      { from: 'b', to: 'e2' },
    ])
    const run = new ScriptedRun(graph)
    run.answer('start')
    run.answer('b', succeed({ output: 'B' }))
    run.answer('e2', succeed({ o0: 'B' }))
    run.answer('a', succeed({ output: 'A' }))
    run.answer('e1', succeed({ o0: 'A' }))
    expect(run.state.result).toEqual({ o0: 'A' })
    expect(run.text).toBe('AB')
  })

  it('refuses inputs that do not fit before anything runs', () => {
    const run = new ScriptedRun(graphOf({ start, end: output(['start', 'q']) }, [{ from: 'start', to: 'end' }]), {
      q: 5n,
    })
    expect(run.open).toEqual([])
    expect(runOf(run.state)).toMatchObject({
      status: 'failed',
      outputs: null,
      error: "(type 'text-input') q in input form must be a string",
      steps: 0,
      exceptions: 1,
    })
    expect(run.events.map(event => event.type)).toEqual(['run-started', 'run-finished'])
  })

  it('makes valid records and events, numbered without holes', () => {
    const run = straight(code, ['n', 'output'])
    run.answer('n', succeed({ output: 1n }))
    run.answer('end', succeed({ o0: 1n }))
    expect(Run.parse(runOf(run.state)).status).toBe('succeeded')
    expect(run.events.map(event => RunEvent.parse(event).sequence)).toEqual(run.events.map((_, index) => index + 1))
    expect(encodeJson(runOf(run.state) as unknown as Value)).toContain('"outputs":{"o0":1}')
  })

  it('makes neither events nor traces where nobody wants them', () => {
    const graph = graphOf({ start, end: output(['start', 'q']) }, [{ from: 'start', to: 'end' }])
    const run = new ScriptedRun(graph, { q: 'v' }, { events: false, traces: false })
    run.answer('start', succeed({ q: 'v' }))
    run.answer('end', succeed({ o0: 'v' }))
    expect(runOf(run.state)).toMatchObject({ status: 'succeeded', outputs: { o0: 'v' }, nodes: [] })
    expect(run.events).toEqual([])
  })
})

describe('failures', () => {
  it('end the run when nothing handles them', () => {
    const run = straight(code, ['n', 'output'])
    run.answer('n', { ok: false, inputs: {}, error: 'boom', errorType: 'E', transient: true, retryAfter: 3 })
    expect(runOf(run.state)).toMatchObject({
      status: 'failed',
      error: 'boom',
      errorNode: 'n',
      outputs: {},
      exceptions: 1,
      steps: 2,
    })
    expect(run.state).toMatchObject({ transient: true, retryAfter: 3 })
    expect(run.open).toEqual([])
  })

  it('leave on the fail branch', () => {
    const graph = graphOf(
      {
        start,
        n: { ...code, error_strategy: 'fail-branch' },
        ok: output(['n', 'output']),
        bad: output(['n', 'error_message'], ['n', 'error_type']),
      },
      [
        { from: 'start', to: 'n' },
        { from: 'n', to: 'ok' },
        { from: 'n', to: 'bad', handle: 'fail-branch' },
      ],
    )
    const failing = new ScriptedRun(graph)
    failing.answer('start')
    failing.answer('n', fail('boom', 'E'))
    expect(failing.asked).toEqual(['bad'])
    failing.answer('bad', succeed({ o0: 'boom' }))
    expect(runOf(failing.state)).toMatchObject({ status: 'partial-succeeded', exceptions: 1, error: null })
    expect(runOf(failing.state).nodes[1]).toMatchObject({
      status: 'exception',
      error: 'boom',
      handle: 'fail-branch',
      outputs: { error_message: 'boom', error_type: 'E' },
    })
    expect(failing.text).toBe('boom\nE')
    const passing = new ScriptedRun(graph)
    passing.answer('start')
    passing.answer('n')
    expect(passing.asked).toEqual(['ok'])
  })

  it('give the default value', () => {
    const node = {
      ...code,
      error_strategy: 'default-value',
      default_value: [{ key: 'r', type: 'number', value: '-1' }],
    }
    const run = straight(node, ['n', 'r'], ['n', 'error_type'])
    run.answer('n', fail('boom', 'E'))
    expect(readVariable(run.graph, run.state, ['n', 'r'])).toBe(-1)
    expect(readVariable(run.graph, run.state, ['n', 'error_message'])).toBe('boom')
    expect(run.text).toBe('-1.0\nE')
  })

  it('are tried again, each time after a wait, and count', () => {
    const run = effectful(2, 50, ['n', 'label'])
    run.answer('n', fail('one'))
    expect(run.open).toEqual([{ kind: 'wait', node: 1, attempt: 2, ms: 50 }])
    run.answer('n')
    run.answer('n', fail('two'))
    run.answer('n')
    run.answer('n', succeed({ label: 'l' }))
    run.answer('end')
    expect(runOf(run.state)).toMatchObject({ status: 'partial-succeeded', steps: 5, exceptions: 2 })
    expect(run.events.filter(event => event.type === 'node-retried').map(event => event.retryIndex)).toEqual([1, 2])
    expect(runOf(run.state).nodes[1]).toMatchObject({ status: 'succeeded', attempts: 3 })
  })

  it('go on to the error strategy when the tries are used up', () => {
    const run = effectful(1, 0, ['n', 'label'])
    run.answer('n', fail('one'))
    run.answer('n')
    run.answer('n', fail('two'))
    expect(runOf(run.state)).toMatchObject({ status: 'failed', error: 'two', exceptions: 2 })
  })
})

describe('ends from outside', () => {
  it('stop the run', () => {
    const run = straight(code, ['n', 'output'])
    run.hand({ kind: 'stop', reason: 'User requested stop' })
    expect(runOf(run.state)).toMatchObject({ status: 'stopped', error: 'Aborted: User requested stop' })
    run.answer('n')
    expect(runOf(run.state)).toMatchObject({ status: 'stopped', steps: 2 })
  })

  it('are the limits of steps and time', () => {
    const long = straight(code, ['n', 'output'])
    long.now += 1_200_500
    long.answer('n')
    expect(runOf(long.state)).toMatchObject({
      status: 'stopped',
      error: 'Aborted: Maximum execution time exceeded: 1200.50s > 1200s',
    })
    const ids = Array.from({ length: 501 }, (_, index) => `n${index}`)
    const nodes = Object.fromEntries(ids.map(id => [id, code]))
    const edges = ids.map((id, index) => ({ from: index === 0 ? 'start' : `n${index - 1}`, to: id }))
    const run = new ScriptedRun(graphOf({ start, ...nodes }, edges))
    while (!run.ended) run.answer(run.asked[0] ?? '')
    expect(runOf(run.state)).toMatchObject({
      status: 'stopped',
      error: 'Aborted: Maximum execution steps exceeded: 501 > 500',
    })
  })

  it('ignore what comes too late or of another attempt', () => {
    const run = straight(code, ['n', 'output'])
    const late = { kind: 'node-finished', node: 1, attempt: 7, outcome: succeed(), startedAt: 0, elapsedMs: 0 } as const
    expect(step(run.graph, run.state, late, run.now)).toMatchObject({ commands: [], events: [] })
    expect(step(run.graph, run.state, { ...late, node: 99 }, run.now)).toMatchObject({ commands: [], events: [] })
  })
})

describe('streaming', () => {
  const text = (run: ScriptedRun, piece: string): void =>
    run.hand({ kind: 'text', node: 1, output: 'text', text: piece })

  it('sends live pieces in their place and the rest at the end', () => {
    const run = straight(code, ['start', 'q'], ['n', 'text'])
    text(run, 'ab')
    text(run, 'c')
    run.answer('n', succeed({ text: 'abcd' }))
    run.answer('end')
    const chunks = run.events.flatMap(event =>
      event.type === 'text-chunk' ? [[event.text, event.selector.join('.')]] : [],
    )
    expect(chunks).toEqual([
      ['v', 'start.q'],
      ['\n', 'end.answer'],
      ['ab', 'n.text'],
      ['c', 'n.text'],
      ['d', 'n.text'],
    ])
  })

  it('holds pieces back until it is their turn', () => {
    const graph = graphOf({ start, n: code, m: code, end: output(['m', 'text'], ['n', 'text']) }, [
      { from: 'start', to: 'n' },
      { from: 'start', to: 'm' },
      { from: 'n', to: 'end' },
      { from: 'm', to: 'end' },
    ])
    const run = new ScriptedRun(graph)
    run.answer('start')
    text(run, 'live')
    expect(run.text).toBe('')
    run.answer('m', succeed({ text: 'M' }))
    expect(run.text).toBe('M\nlive')
    run.answer('n', succeed({ text: 'live' }))
    expect(run.text).toBe('M\nlive')
  })

  it('sends nothing before the branch is decided', () => {
    const graph = graphOf(
      { start, b: branch, yes: output(['start', 'q']), no: output(['start', 'q'], ['b', 'result']) },
      [
        { from: 'start', to: 'b' },
        { from: 'b', to: 'yes', handle: 'yes' },
        { from: 'b', to: 'no', handle: 'false' },
      ],
    )
    const run = new ScriptedRun(graph, { q: 'v' })
    run.answer('start', succeed({ q: 'v' }))
    expect(run.text).toBe('')
    run.answer('b', succeed({ result: false }, { handle: 'false' }))
    expect(run.text).toBe('v\nFalse')
  })

  it('passes over a skipped node and stops at a variable that never comes', () => {
    const graph = graphOf(
      {
        start,
        b: branch,
        x: code,
        y: code,
        end: output(['x', 'output'], ['y', 'output'], ['y', 'gone'], ['start', 'q']),
      },
      [
        { from: 'start', to: 'b' },
        { from: 'b', to: 'x', handle: 'yes' },
        { from: 'b', to: 'y', handle: 'false' },
        { from: 'x', to: 'end' },
        { from: 'y', to: 'end' },
      ],
    )
    const run = new ScriptedRun(graph, { q: 'v' })
    run.answer('start', succeed({ q: 'v' }))
    run.answer('b', succeed({}, { handle: 'false' }))
    run.answer('y', succeed({ output: 'Y' }))
    run.answer('end')
    expect(run.text).toBe('\nY\n')
  })

  it('does not mix the pieces of two tries', () => {
    const run = effectful(1, 0, ['n', 'text'])
    text(run, 'abc')
    run.answer('n', fail('cut'))
    run.answer('n')
    text(run, 'ab')
    expect(run.text).toBe('abc')
    run.answer('n', succeed({ text: 'abcdef' }))
    expect(run.text).toBe('abcdef')
  })
})

describe('variables', () => {
  it('are read by selector', () => {
    const run = straight(code, ['n', 'output'])
    run.answer('n', succeed({ o: { k: { l: 1n } }, list: ['a'], none: null }))
    const read = (...selector: string[]): Value | undefined => readVariable(run.graph, run.state, selector)
    expect(read('n', 'o', 'k', 'l')).toBe(1n)
    expect(read('n', 'none')).toBe(null)
    expect(read('n', 'list', '0')).toBeUndefined()
    expect(read('n', 'o', 'gone')).toBeUndefined()
    expect(read('n', 'constructor')).toBeUndefined()
    expect(read('n')).toBeUndefined()
    expect(read('end', 'o0')).toBeUndefined()
    expect(read('sys', 'user_id')).toBe('u')
    expect(read('start', 'sys.workflow_run_id')).toBe('run')
    expect(read('sys', 'timestamp')).toBe(1n)
  })
})
