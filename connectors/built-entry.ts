import { fileURLToPath } from 'node:url'

/**
 * Path of the compiled file that a worker thread or a child process starts from.
 *
 * Node 20 cannot load TypeScript, so a child always runs the compiled copy: beside the caller when the caller itself is
 * compiled, under `dist/` when the caller runs from source (tests).
 *
 * @param callerUrl `import.meta.url` of the caller
 * @param name file name without extension, in the caller's folder
 */
export function builtEntry(callerUrl: string, name: string): string {
  const path = fileURLToPath(new URL(`./${name}.js`, callerUrl))
  if (!callerUrl.endsWith('.ts')) return path
  const root = fileURLToPath(new URL('../', import.meta.url))
  return `${root}dist/${path.slice(root.length)}`
}
