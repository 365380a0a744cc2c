#!/usr/bin/env node
// The command line. It installs and builds when the clone is fresh, so that `npx riskloom` works at once.
import { build, checkNode, install, root } from './prepare.mjs'

checkNode()
const say = line => console.error(`· ${line} …`)
install({ tests: false, say })
await build({ say })
await import(`${root}/dist/platform/main.js`)
