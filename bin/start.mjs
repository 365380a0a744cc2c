// `npm start`: from a fresh clone to a running RiskLoom.
import { build, checkNode, install, root } from './prepare.mjs'

checkNode()
const say = line => console.log(`· ${line} …`)
install({ tests: false, say })
await build({ say })
process.argv.splice(2, process.argv.length, 'start', ...process.argv.slice(2))
await import(`${root}/dist/platform/main.js`)
