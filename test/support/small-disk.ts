import { execFileSync } from 'node:child_process'
import { temporaryFolder } from './temporary-folder.ts'

/** A file system of so many megabytes in memory; undefined where we may not mount one. */
export async function smallDisk(megabytes: number): Promise<{ path: string; remove(): Promise<void> } | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined
  const folder = await temporaryFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder.path], { stdio: 'ignore' })
  } catch {
    await folder.remove()
    return undefined
  }
  const remove = (): Promise<void> => {
    execFileSync('umount', [folder.path])
    return folder.remove()
  }
  return { path: folder.path, remove }
}
