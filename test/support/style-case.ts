/** One style transfer for this engine and for PyTorch: the same network, pictures and weights. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodePicture } from '#engine/images/decode.ts'
import { resizePixels } from '#engine/images/resample.ts'
import { float32Npy } from '#engine/lib/npy.ts'
import { displayTensor } from '#engine/preprocessing/apply.ts'
import type { DisplaySpace } from '#engine/network/display-space.ts'
import type { Network } from '#engine/network/network.ts'
import { initialRecord } from '#engine/preprocessing/resolve.ts'
import type { Runtime } from '#engine/runtime/runtime.ts'
import { BackboneSource } from '#engine/synthesis/style/backbone.ts'
import { openEvaluator } from '#engine/synthesis/style/evaluator.ts'
import type { Evaluator, Weights } from '#engine/synthesis/style/evaluator.ts'
import { grainOf } from '#engine/synthesis/style/grain.ts'
import type { Picture } from '#engine/synthesis/style/looker.ts'
import type { StylePlan } from '#engine/synthesis/style/plan.ts'
import { statistics } from '#engine/synthesis/style/registry.ts'
import { suggestLayers } from '#engine/synthesis/style/suggest-layers.ts'
import { styleTargets } from '#engine/synthesis/style/targets.ts'
import { planTiles } from '#engine/synthesis/style/tiles.ts'

export const torchStyle = fileURLToPath(new URL('torch-style.py', import.meta.url))
const picture = (name: string): string => fileURLToPath(new URL(`../../resources/pictures/${name}.png`, import.meta.url))

export interface StyleCaseOptions {
  readonly runtime: Runtime
  readonly network: Network
  readonly modelPath: string
  readonly size: number
  readonly statistic?: 'gram' | 'wasserstein'
  readonly smoothness?: number
  readonly history?: number
  /** How pictures are put into it, where the file does not say. */
  readonly normalization?: { readonly channels: 'RGB' | 'BGR'; readonly scale: number; readonly mean: readonly number[]; readonly std: readonly number[] }
  /** Paths of pictures in place of the bundled ones. */
  readonly pictures?: { readonly content: string; readonly style: string }
}

export interface StyleCase {
  /** For torch-style.py. */
  readonly folder: string
  readonly plan: StylePlan
  readonly source: BackboneSource
  readonly content: Picture
  readonly style: Picture
  readonly weights: Weights
  /** `largestTile`: side of what is computed at once. */
  readonly open: (largestTile?: number) => Promise<Evaluator>
  readonly dispose: () => void
}

export const styleWeight = 30

export async function styleCase({ runtime, network, modelPath, size, statistic = 'gram', smoothness = 0, history = 10, normalization, pictures }: StyleCaseOptions): Promise<StyleCase> {
  const record = await initialRecord(network, {})
  if (!record) throw new Error('no picture input')
  const display: DisplaySpace = { preprocessing: { ...record.preprocessing, ...(normalization ? { ...normalization, mean: [...normalization.mean], std: [...normalization.std] } : {}) } }
  const source = new BackboneSource(network, display)
  const { style, content } = suggestLayers(network)
  const found = statistics.get(statistic)
  if (!found) throw new Error(statistic)
  const plan: StylePlan = { statistic: found, style: style.map(({ layer }) => layer), content: content.map(({ layer }) => layer), regionOfStyle: [0], regions: 1, masked: false }
  const read = async (path: string): Promise<Picture> => ({ height: size, width: size, data: displayTensor(resizePixels(await decodePicture(readFileSync(path), path), size, size), source.channels === 1).data })
  const [contentPicture, stylePicture] = [await read(pictures?.content ?? picture('lighthouse')), await read(pictures?.style ?? picture('butterfly'))]
  const weights: Weights = { style: plan.style.map(() => [styleWeight / plan.style.length]), content: plan.content.map(() => 1 / plan.content.length), smoothness }

  const folder = mkdtempSync(join(tmpdir(), 'phosphene-style-'))
  const dims = [1, source.channels, size, size]
  for (const [name, { data }] of [['content', contentPicture], ['style', stylePicture], ['begin', contentPicture]] as const) writeFileSync(join(folder, `${name}.npy`), float32Npy(dims, data))
  const tensorOf = (layer: string): string => network.structure.layers.find(({ id }) => id === layer)?.outputTensor ?? layer
  const { preprocessing } = display
  writeFileSync(join(folder, 'style.json'), JSON.stringify({
    model: modelPath, input: preprocessing.input, channels: preprocessing.channels, scale: preprocessing.scale, mean: preprocessing.mean, std: preprocessing.std, statistic, smoothness, history, ridge: 1e-2,
    style: plan.style.map((layer, index) => [tensorOf(layer), weights.style[index]?.[0]]), content: plan.content.map((layer, index) => [tensorOf(layer), weights.content[index]]),
  }))
  const place = { runtime, source, target: runtime.loweringOf('cpu') }
  return {
    folder, plan, source, content: contentPicture, style: stylePicture, weights,
    async open(largestTile = size) {
      const grain = largestTile < size ? grainOf(source, [...plan.style, ...plan.content], { height: 96, width: 96 }) : undefined
      const targets = await styleTargets(plan, [stylePicture], largestTile, place)
      return openEvaluator({ plan, content: contentPicture, targets, tiling: planTiles(contentPicture, largestTile, grain ?? { stride: 1, margin: 0 }), grain, maskOf: undefined, cacheBytes: 1e9 }, place)
    },
    dispose: () => { rmSync(folder, { recursive: true, force: true }) },
  }
}
