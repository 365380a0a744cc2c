import { parentPort } from 'node:worker_threads'
import quickjs from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, newVariant, type QuickJSSyncVariant } from 'quickjs-emscripten-core'
import { disposeCell, evaluate, newCell } from './evaluate.ts'
import { limits, type RunMessage, type WorkerMessage } from './protocol.ts'

// Neither the ECMAScript nor the Node types know it.
declare const WebAssembly: { readonly Memory: new (pages: { initial: number; maximum: number }) => object }

// Entry of a worker thread. Whatever goes wrong here is thrown: the thread ends and the pool starts another.
const port = parentPort
if (port === null) throw new Error('this file is the entry of a worker thread')

const send = (message: WorkerMessage): void => port.postMessage(message)
// The engine’s own memory limit counts allocations, not what they hold (WebAssembly has no malloc_usable_size);
// the memory it runs in cannot be outgrown.
const variant = quickjs as unknown as QuickJSSyncVariant // the package’s types describe its CommonJS build
const wasmMemory = new WebAssembly.Memory(limits.memoryPages)
const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory }))
let next = newCell(module)

port.on('message', (request: RunMessage) => {
  const cell = next
  send({ kind: 'result', id: request.id, result: evaluate(cell, request) })
  // Between two calls: nobody waits for the old cell to go and the new one to be made.
  disposeCell(cell)
  next = newCell(module)
  send({ kind: 'ready' })
})

send({ kind: 'ready' })
