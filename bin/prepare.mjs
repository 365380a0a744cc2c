// Installs what is missing and builds what is stale. Plain JavaScript without dependencies: it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = dirname(dirname(fileURLToPath(import.meta.url)))

const serverFolders = ['schemas', 'engine', 'pipelines', 'temporal', 'connectors', 'platform', 'api', 'demo']
const buildFiles = ['package-lock.json', 'tsconfig.json', 'tsconfig.build.json']
/** Files that the server reads beside its code. */
const assets = /\.(sql|ya?ml|json)$/

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 20)) return
  console.error(`RiskLoom needs Node 20.20 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

/** @param {{ tests: boolean, say?: (line: string) => void }} options */
export function install({ tests, say = () => {} }) {
  const stamp = join(root, 'node_modules', '.riskloom.json')
  const lock = hash([readFileSync(join(root, 'package-lock.json'))])
  const found = existsSync(stamp) ? JSON.parse(readFileSync(stamp, 'utf8')) : {}
  if (found.lock === lock && (found.tests || !tests)) return
  say(tests ? 'installing packages and test tools' : 'installing packages')
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm']
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(tests ? [] : ['--omit=dev'])]
  const { status } = spawnSync(npm[0], [...npm.slice(1), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  if (status !== 0) {
    console.error('The packages could not be installed; npm says why above.')
    process.exit(1)
  }
  linkCommand()
  writeFileSync(stamp, JSON.stringify({ lock, tests }))
}

/** `npx riskloom` looks for commands here; npm links those of dependencies only, not the package’s own. */
function linkCommand() {
  const link = join(root, 'node_modules', '.bin', 'riskloom')
  rmSync(link, { force: true })
  symlinkSync('../../bin/riskloom.mjs', link)
}

/** @param {{ say?: (line: string) => void }} options */
export async function build({ say = () => {} } = {}) {
  await Promise.all([
    stale('server', [...serverFolders, ...buildFiles], buildServer),
    stale('dashboard', ['dashboard', 'schemas', 'package-lock.json'], buildDashboard),
  ])

  async function stale(name, paths, make) {
    const stamp = join(root, 'dist', `.${name}.sha256`)
    const now = hash(
      paths.flatMap(path => filesOf(join(root, path))).flatMap(file => [Buffer.from(file), readFileSync(file)]),
    )
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === now) return
    say(`building the ${name}`)
    await make()
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, now)
  }
}

async function buildServer() {
  await run('typescript/bin/tsc', ['-p', 'tsconfig.build.json'])
  for (const file of serverFolders.flatMap(folder => filesOf(join(root, folder)))) {
    if (!assets.test(file)) continue
    const target = join(root, 'dist', file.slice(root.length + 1))
    mkdirSync(dirname(target), { recursive: true })
    cpSync(file, target)
  }
}

async function buildDashboard() {
  if (existsSync(join(root, 'dashboard', 'vite.config.ts')))
    await run('vite/bin/vite.js', ['build', 'dashboard', '--logLevel', 'warn'])
}

function run(tool, args) {
  return new Promise(resolve => {
    const child = spawn(process.execPath, [join(root, 'node_modules', tool), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('exit', code => {
      if (code === 0) return resolve()
      console.error(`The build failed in ${tool.split('/')[0]}.`)
      process.exit(1)
    })
  })
}

function filesOf(path) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => (entry.name === 'node_modules' ? [] : filesOf(join(path, entry.name))))
}

function hash(parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part)
  return sum.digest('hex')
}
