// `npm test`: every test that needs no external server. Arguments go to vitest; without any, all projects run in order.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, checkNode, install, root } from './prepare.mjs'

checkNode()
install({ tests: true, say: console.log })
await build({ say: console.log })

const results = join(root, 'node_modules', '.cache', 'riskloom-tests')
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const filter = process.argv.slice(2)
// Unit tests share the cores; the other projects start databases and run one file after the other.
const projects = [['unit'], ['contract'], ['flows'], ['attacks'], ['faults'], ['docs'], ['browser']]
let broken = false
for (const [name] of projects) {
  const output = join(results, `${name}.json`)
  const args = [
    'run',
    '--project',
    name,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${output}`,
  ]
  if (name !== 'unit') args.push('--no-file-parallelism')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { status } = spawnSync(process.execPath, [vitest, ...args, ...filter], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'test' },
  })
  broken ||= status !== 0
}

const { passed, failed, skipped } = count(projects.map(([name]) => join(results, `${name}.json`)))
if (skipped.length > 0) console.log(`skipped ${skipped.length}: ${skipped.join('; ')}`)
console.log(`${passed} passed, ${broken && failed === 0 ? 1 : failed} failed`)
process.exit(broken || failed > 0 ? 1 : 0)

function count(files) {
  const total = { passed: 0, failed: 0, skipped: [] }
  for (const file of files) {
    let report
    try {
      report = JSON.parse(readFileSync(file, 'utf8'))
    } catch {
      total.failed += 1
      continue
    }
    for (const suite of report.testResults) {
      if (suite.assertionResults.length === 0 && suite.status === 'failed') total.failed += 1
      for (const test of suite.assertionResults) {
        if (test.status === 'passed') total.passed += 1
        else if (test.status === 'failed') total.failed += 1
        else total.skipped.push(test.fullName)
      }
    }
  }
  return total
}
