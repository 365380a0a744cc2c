import { quickjsSandbox } from '../connectors/sandbox/index.ts'
import { code } from '../engine/nodes/code/run.ts'
import { nodeCall } from '../test/support/node-call.ts'

// A warm JavaScript code node: 900 characters in, a small object out. Run with tsx after a build.

const source = `function main({ text }) {
  const counts = {}
  for (const word of text.split(' ')) counts[word] = (counts[word] ?? 0) + 1
  const most = Object.entries(counts).sort((a, b) => b[1] - a[1])[0]
  return { words: text.split(' ').length, most: most[0] }
}`
const data = {
  type: 'code',
  code_language: 'javascript',
  code: source,
  variables: [{ variable: 'text', value_selector: ['start', 'text'] }],
  outputs: { words: { type: 'number' }, most: { type: 'string' } },
}
const text = Array.from({ length: 150 }, (_unused, index) => `word${index % 37}`).join(' ')

const sandbox = quickjsSandbox()
const once = async (workspace: string): Promise<number> => {
  const call = nodeCall(code, data, { workspace, variables: { 'start.text': text }, services: { sandbox } })
  const started = performance.now()
  const outcome = await code.run(call)
  if (!outcome.ok) throw new Error(outcome.error)
  return performance.now() - started
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2)

/** Calls a second with a number of callers side by side. */
async function rate(workspaces: readonly string[], calls: number): Promise<string> {
  let left = calls
  const started = performance.now()
  await Promise.all(
    workspaces.map(async workspace => {
      for (; left > 0; left -= 1) await once(workspace)
    }),
  )
  return ((calls / (performance.now() - started)) * 1_000).toFixed(0)
}

await sandbox.check()
for (let warm = 0; warm < 300; warm += 1) await once('a')
const times: number[] = []
for (let call = 0; call < 1_000; call += 1) times.push(await once('a'))
times.sort((left, right) => left - right)
console.log(`code node, warm, one after the other: p50 ${at(times, 0.5)} ms, p95 ${at(times, 0.95)} ms`)
console.log(`one workspace, 8 callers: ${await rate(Array<string>(8).fill('a'), 2_000)} calls/s`)
console.log(`two workspaces, 8 callers: ${await rate(['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'], 2_000)} calls/s`)
await sandbox.close()
