/**
 * What a reader downloads before the sign-in page (the shell) and before the overview with its charts, compressed as a
 * proxy would: the static imports of the entry, and those of the modules that the overview asks for.
 * `node bench/bundle.mjs [folder]`. Targets: shell ≤ 200 KiB, overview ≤ 350 KiB of JavaScript.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const folder = process.argv[2] ?? fileURLToPath(new URL('../dist/dashboard/', import.meta.url))
const assets = readdirSync(join(folder, 'assets')).filter(name => name.endsWith('.js'))
const page = readFileSync(join(folder, 'index.html'), 'utf8')

const shell = closure([...page.matchAll(/assets\/([^"]+\.js)/g)].map(([, name]) => name))
const overview = closure([...shell, ...named('overview-'), ...named('trend-chart-')])
const everything = new Set(assets)

console.log(['files of', 'files', 'plain KiB', 'gzip KiB', 'brotli KiB', 'target gzip KiB'].join('\t'))
for (const { name, files, target } of [
  { name: 'shell', files: shell, target: '200' },
  { name: 'overview with charts', files: overview, target: '350' },
  { name: 'everything', files: everything, target: '–' },
]) {
  const texts = Array.from(files, file => readFileSync(join(folder, 'assets', file)))
  const sum = measure => (texts.reduce((total, text) => total + measure(text), 0) / 1024).toFixed(1)
  const sizes = [
    texts.length,
    sum(text => text.length),
    sum(text => gzipSync(text).length),
    sum(text => brotliCompressSync(text).length),
  ]
  console.log(`${name}\t${sizes.join('\t')}\t${target}`)
}
console.log('\nlargest files of the overview, gzip KiB')
for (const [name, size] of [...overview]
  .map(file => [file, gzipSync(readFileSync(join(folder, 'assets', file))).length])
  .sort((a, b) => b[1] - a[1])
  .slice(0, 12))
  console.log(`${name}\t${(size / 1024).toFixed(1)}\t${shell.has(name) ? 'shell' : ''}`)

function named(start) {
  const found = assets.filter(name => name.startsWith(start))
  if (found.length === 0) throw new Error(`dist/dashboard holds no ${start}*.js: build first`)
  return found
}

/** The files and everything they import at once; `import()` waits until somebody asks. */
function closure(files) {
  const all = new Set()
  const add = file => {
    if (all.has(file)) return
    all.add(file)
    const text = readFileSync(join(folder, 'assets', file), 'utf8')
    for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+\.js)["']/g)) add(name)
  }
  files.forEach(add)
  return all
}
