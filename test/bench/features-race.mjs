/**
 * Do pictures made for units excite them more than photographs do, and as much as PyTorch's? node test/bench/features-race.mjs --photos FOLDER
 * --out results.jsonl [--units 50] [--skip 0] [--steps 256] [--seed 1] [--alone] [--own-draws] [--picture-seed 1] MODEL.onnx... --skip leaves out the first units of each model. Runs features-race.ts, which says what is measured. What results.jsonl holds already is not done again.
 */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

await runnerImport(fileURLToPath(new URL('features-race.ts', import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
