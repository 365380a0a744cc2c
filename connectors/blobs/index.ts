import type { Blobs } from '../../engine/ports/blobs.ts'
import { folderBlobs } from './folder.ts'

export { folderBlobs }

/** Every adapter of the blobs port; `open` makes one below an empty folder, for the contract suite. */
export const blobsAdapters: readonly { name: string; shared: boolean; open(folder: string): Promise<Blobs> }[] = [
  { name: 'folder', shared: false, open: (folder) => folderBlobs({ folder }) },
]
