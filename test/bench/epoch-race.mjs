/**
 * Races a whole epoch of MNIST, reading the files included, against PyTorch: node test/bench/epoch-race.mjs [--nets mlp,lenet] [--threads 2] [--data FOLDER].
 * Runs epoch-race.ts, which says what is measured.
 */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

await runnerImport(fileURLToPath(new URL('epoch-race.ts', import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
