import { build, checkNode, install } from './prepare.mjs'

checkNode()
install({ tests: false, say: console.log })
await build({ say: console.log })
