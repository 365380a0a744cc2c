/**
 * Runs inside QuickJS before the author’s code. It keeps the originals of what the code could replace and leaves one
 * function that calls `main`; its value is a promise of a list [ok, text].
 * `console` swallows what it is told, so that code written elsewhere runs.
 */
export const prelude = `
(() => {
  'use strict'
  const parse = JSON.parse, stringify = JSON.stringify, text = String, quiet = () => undefined
  const slice = Function.prototype.call.bind(String.prototype.slice), cut = (value, length) => slice(value, 0, length)
  const names = ['log', 'info', 'warn', 'error', 'debug', 'trace', 'dir', 'table', 'group', 'groupEnd', 'time', 'timeEnd', 'assert']
  const console = {}
  for (const name of names) console[name] = quiet
  Object.defineProperty(globalThis, 'console', { value: console, writable: true, configurable: true })
  const describe = (error) => {
    try {
      if (typeof error !== 'object' || error === null) return 'Uncaught ' + text(error)
      // Recursion without end has a stack of a thousand lines.
      const stack = error.stack ? '\\n' + cut(text(error.stack), 2000) : ''
      return cut(text(error.name), 200) + ': ' + cut(text(error.message), 10000) + stack
    } catch {
      return 'Uncaught error that cannot be shown'
    }
  }
  return async (main, inputs) => {
    try {
      const outputs = stringify(await main(parse(inputs)))
      return [true, outputs === undefined ? 'null' : outputs]
    } catch (error) {
      return [false, describe(error)]
    }
  }
})()
`
