/**
 * Races training steps against PyTorch: node test/bench/train-race.mjs [--nets mlp,lenet,vgg,resnet,depthwise] [--rounds 25] [--threads 2]
 * [--optimizer adam] [--alone] [--memory]. Runs train-race.ts, which says what is measured.
 */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

await runnerImport(fileURLToPath(new URL('train-race.ts', import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
