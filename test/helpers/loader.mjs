/**
 * Makes Node.js run TypeScript in the tests and in the programs that they start: test/run.ts puts this file into
 * NODE_OPTIONS. tap's own compiler would load TypeScript and compile all files again in each process, which takes
 * about 2.5 s of CPU time each.
 */
import module from 'node:module'
import { loadSync } from './compile.mjs'

// tap's own compiler then does nothing.
process.env.TAP_TYPE_STRIP_ONLY = '1'
// The coverage needs the source maps.
process.setSourceMapsEnabled(true)

// tap, which measures the coverage, uses the same kind of hook on the same versions. Kinds do not mix.
const [major, minor] = process.versions.node.split('.').map(Number)
const isSync = major > 25 || (major === 25 && minor >= 1) || (major === 24 && minor >= 13)
if (isSync) module.registerHooks({ load: loadSync })
else module.register('./compile.mjs', import.meta.url)
