// `npm run verify`: the house rules, then the tests. `--rules` runs the rules alone.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { build, checkNode, install, root } from './prepare.mjs'

checkNode()
install({ tests: true, say: console.log })
await build({ say: console.log })

const checks = [
  ['types', 'typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['types of the dashboard', 'typescript/bin/tsc', '--noEmit', '-p', 'dashboard/tsconfig.json'],
  ['types of the browser tests', 'typescript/bin/tsc', '--noEmit', '-p', 'test/browser/tsconfig.json'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'],
  ['lint', 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
  [
    'imports',
    'dependency-cruiser/bin/dependency-cruise.mjs',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err',
    'schemas',
    'engine',
    'pipelines',
    'temporal',
    'connectors',
    'platform',
    'api',
    'demo',
    'dashboard',
  ],
  ['dead code', 'knip/bin/knip.js'],
]

let failed = 0
for (const [name, tool, ...args] of checks) {
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`)
  if (status !== 0) failed += 1
}
console.log(`rules: ${checks.length - failed} passed, ${failed} failed`)
if (failed > 0) process.exit(1)
if (!process.argv.includes('--rules')) {
  process.exit(
    spawnSync(process.execPath, [join(root, 'bin', 'test.mjs')], { cwd: root, stdio: 'inherit' }).status ?? 1,
  )
}
