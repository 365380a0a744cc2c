import { durables } from '../../temporal/index.ts'
import { parseFaults } from '../../platform/faults.ts'
import { batchRequest, openWorld, request, versions } from './durable-world.ts'
import { ledger, scriptedServices } from './scripted-services.ts'

/**
 * A process that starts one run, or a batch, and dies at the fault it is given.
 * Arguments: adapter, folder, ledger, fault, `run` or `batch`.
 * Prints `survived` when the fault did not happen.
 */
const [engine = '', folder = '', book = '', fault = '', what = ''] = process.argv.slice(2)
const adapter = durables.find(({ engine: name }) => name === engine)
if (adapter === undefined) throw new Error(`there is no durable adapter ${engine}`)
const world = await openWorld({
  folder,
  open: options => adapter.open(options),
  services: scriptedServices(prompt => `answer to ${prompt}`, ledger(book).write),
  faults: parseFaults(fault),
})
if (what === 'batch') await world.durable.runBatch(batchRequest(6))
else await (await world.durable.start(request(versions.twoCalls, 'run-1', { q: 'hello' }))).finished
await world.close()
console.log('survived')
