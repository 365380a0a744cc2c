/** Newest version of the document format that we know. */
export const currentVersion = '0.7.0'

export type ImportStatus = 'completed' | 'completed-with-warnings' | 'pending' | 'failed'

const pattern =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:(?:-(\d+))|(?:[-_.]?(?:post|rev|r)[-_.]?(\d*)))?(?:[-_.]?dev[-_.]?(\d*))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i

interface ParsedVersion {
  readonly release: readonly number[]
  /** Orders versions of the same release: development, pre-releases, final, post-releases. */
  readonly phase: number
}

const phases: Readonly<Record<string, number>> = {
  a: -3,
  alpha: -3,
  b: -2,
  beta: -2,
  c: -1,
  rc: -1,
  pre: -1,
  preview: -1,
}

function parse(version: string): ParsedVersion | undefined {
  const match = version.length > 100 ? null : pattern.exec(version.trim())
  if (match === null) return undefined
  const [, epoch = '0', release = '', pre, , postNumber, post] = match
  const development = /dev/i.test(version)
  const phase =
    pre === undefined
      ? development
        ? -4
        : postNumber !== undefined || post !== undefined
          ? 1
          : 0
      : (phases[pre.toLowerCase()] ?? 0)
  return { release: [Number(epoch), ...release.split('.').map(Number)], phase }
}

/** What an imported version means beside the one we know. A version that cannot be read is `failed`. */
export function compareVersions(imported: string, current: string): ImportStatus {
  const [first, second] = [parse(imported), parse(current)]
  if (first === undefined || second === undefined) return 'failed'
  if (order(first, second) > 0) return 'pending'
  if (part(first, 1) < part(second, 1)) return 'pending'
  return part(first, 2) < part(second, 2) ? 'completed-with-warnings' : 'completed'
}

function part(version: ParsedVersion, index: number): number {
  return version.release[index] ?? 0
}

function order(first: ParsedVersion, second: ParsedVersion): number {
  for (let index = 0; index < Math.max(first.release.length, second.release.length); index += 1) {
    const difference = part(first, index) - part(second, index)
    if (difference !== 0) return difference
  }
  return first.phase - second.phase
}
