/**
 * A dream, the same guided, a style and a feature by their usual settings, each forecast by an engine that has made nothing yet, then made. Prints seconds and megabytes, forecast and happened, and
 * their ratio. --twice: once more with what was learnt. --kinds dream: these alone.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DreamSettings } from '#contract/dream.ts'
import { FeaturesSettings } from '#contract/features.ts'
import { StyleSettings } from '#contract/style.ts'
import type { SynthesisRecipe } from '#contract/synthesis.ts'
import { openNetwork } from '#engine/network/open-network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { openForecaster } from '#engine/synthesis/forecast.ts'
import { checkSettings, findWork } from '#engine/synthesis/work-registry.ts'
import { openPlace } from '#engine/synthesis/work-run.ts'
import { workRun } from '../support/run-work.ts'
import type { WorkBench } from '../support/run-work.ts'

const { values: flags } = parseArgs({ options: { models: { type: 'string' }, kinds: { type: 'string' }, threads: { type: 'string', default: '2' }, twice: { type: 'boolean', default: false } } })
const resource = (path: string): string => fileURLToPath(new URL(`../../resources/${path}`, import.meta.url))
const pictures: Readonly<Record<string, string>> = { owl: resource('pictures/owl.png'), butterfly: resource('pictures/butterfly.png') }
const butterfly = { sha256: 'butterfly', name: 'butterfly.png' }
const owl = { sha256: 'owl', name: 'owl.png' }

const settingsOf = (layer: string): readonly (readonly [SynthesisRecipe['kind'], unknown])[] => [
  ['dream', DreamSettings.parse({ picture: owl })],
  ['dream', DreamSettings.parse({ picture: owl, guide: butterfly })],
  ['style', StyleSettings.parse({ method: 'optimise', content: owl, styles: [{ picture: butterfly }], stages: [{ size: 256, steps: 20 }, { size: 384, steps: 10 }] })],
  ['features', FeaturesSettings.parse({ targets: [{ name: 'made', title: 'Made', terms: [{ id: 'channel', weight: 1, layer, unit: 1 }] }], steps: 64 })],
]

for (const path of flags.models?.split(',') ?? [resource('models/phosphene-24.onnx')]) {
  const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: Number(flags.threads) })
  const folder = mkdtempSync(join(tmpdir(), 'phosphene-forecasts-'))
  const network = await openNetwork(path, { runtime })
  const record = await initialRecord(network, {})
  if (!record) throw new Error(`${path} takes no picture`)
  const bench: WorkBench = { runtime, network, preprocessing: record.preprocessing, pictures }
  const forecaster = await openForecaster(folder)
  const convolutions = network.structure.layers.filter(({ kind }) => kind === 'convolution')
  for (let round = 0; round < (flags.twice ? 2 : 1); round++)
    for (const [kind, settings] of settingsOf(convolutions[Math.floor(convolutions.length / 2)]?.id ?? '').filter(([kind]) => !flags.kinds || flags.kinds.split(',').includes(kind))) {
      const recipe = { kind, seed: 0, settings, model: { sha256: network.id, name: basename(path) } } as SynthesisRecipe
      const run = workRun(bench, recipe)
      const place = await openPlace(recipe, { runtime, model: () => Promise.resolve({ network, preprocessing: record.preprocessing, release: () => undefined }), file: ({ sha256 }) => Promise.resolve(readFileSync(pictures[sha256] ?? 'no such picture')) }, new AbortController().signal, [])
      const work = findWork(kind)
      const checked = checkSettings(work, settings)
      const { seconds, bytes, basis } = await forecaster.forecast(work, recipe, place, checked)
      await run.run()
      await forecaster.learn(work, recipe, place, checked, { seconds: run.seconds, share: 1 })
      const digits = (value: number): number => Number(value.toPrecision(3))
      console.log(JSON.stringify({ model: basename(path), kind, ...(JSON.stringify(settings).includes('"guide"') ? { guided: true } : {}), forecastSeconds: digits(seconds ?? NaN), happenedSeconds: digits(run.seconds), ratio: digits(run.seconds / (seconds ?? NaN)), forecastMb: digits(bytes / 1e6), happenedMb: digits(run.peakBytes / 1e6), basis }))
    }
  await network.dispose()
  await runtime.dispose()
  rmSync(folder, { recursive: true, force: true })
}
