/**
 * Races style transfer against PyTorch: node test/bench/style-race.mjs [--nets vgg19,path.onnx,...] [--size 256] [--rounds 15] [--threads 2]
 * [--statistic gram|wasserstein] [--steps 100] [--memory]. Runs style-race.ts, which says what is measured.
 */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

await runnerImport(fileURLToPath(new URL('style-race.ts', import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
