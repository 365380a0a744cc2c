import type { Blobs } from '../../engine/ports/blobs.ts'
import type { Clock } from '../../engine/ports/clock.ts'
import { folderBlobs } from './folder.ts'

export { folderBlobs }

/** Every adapter of the blobs port; `open` makes one on an empty folder, for the contract suite. */
export const blobsAdapters: readonly {
  name: string
  shared: boolean
  open(options: { folder: string; clock: Clock }): Promise<Blobs>
}[] = [{ name: 'folder', shared: false, open: folderBlobs }]
