/** What evolution keeps of a network's plain rate: node test/bench/evolution-rate.mjs MODEL [--method cppn] [--batch 16] [--rounds 5]. Runs evolution-rate.ts. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

const load = (file) => runnerImport(fileURLToPath(new URL(file, import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
await (await load('../support/build-session-worker.ts')).module.default()
await load('evolution-rate.ts')
process.exit()
