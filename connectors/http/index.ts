import { guardedHttp } from './guarded.ts'

/** Every adapter of the port; the contract suite runs over this list. */
export const httpAdapters = { guarded: guardedHttp } as const

export { guardedHttp } from './guarded.ts'
