/**
 * Memory of opened networks: node test/bench/memory.mjs [MODEL.onnx ...] [--runs 500]. Builds the session worker, then runs
 * memory.ts, which says what is measured.
 */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

const load = (name) => runnerImport(fileURLToPath(new URL(name, import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
if (!process.argv.includes('--solo')) await (await load('../support/build-session-worker.ts')).module.default()
await load('memory.ts')
