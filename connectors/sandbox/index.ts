import { quickjsSandbox } from './quickjs/quickjs.ts'

/** Every adapter of the port; the contract suite runs over this list. */
export const sandboxAdapters = { quickjs: quickjsSandbox } as const

export { quickjsSandbox } from './quickjs/quickjs.ts'
