/**
 * Races this engine against PyTorch: node test/bench/race.mjs [--nets squeezenet1_1,...] [--rounds 15] [--threads 2] [--size 224]
 * [--what forward,gradient] [--smoothgrad [--batch 1]] [--memory] [--leak]. Runs race.ts, which says what is measured.
 */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

await runnerImport(fileURLToPath(new URL('race.ts', import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
