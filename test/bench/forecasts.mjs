/** Compares forecasts with what happens: node test/bench/forecasts.mjs [--models path.onnx,...] [--threads 2] [--twice] [--kinds dream,style,features]. Runs forecasts.ts. */
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'
import { alias } from '../../resources/scripts/alias.mjs'

await runnerImport(fileURLToPath(new URL('forecasts.ts', import.meta.url)), { configFile: false, logLevel: 'error', resolve: { alias } })
