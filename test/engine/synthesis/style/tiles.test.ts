import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Network } from '#engine/network/network.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { BackboneSource } from '#engine/synthesis/style/backbone.ts'
import { openEvaluator } from '#engine/synthesis/style/evaluator.ts'
import type { Evaluation, Weights } from '#engine/synthesis/style/evaluator.ts'
import { grainOf } from '#engine/synthesis/style/grain.ts'
import type { MaskOf, Picture } from '#engine/synthesis/style/looker.ts'
import type { StylePlan } from '#engine/synthesis/style/plan.ts'
import { statistics } from '#engine/synthesis/style/registry.ts'
import { styleTargets } from '#engine/synthesis/style/targets.ts'
import { planTiles } from '#engine/synthesis/style/tiles.ts'
import { smallDisplay, smallNetwork, texture } from '../../../support/small-dream.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu' })
let network: Network
let source: BackboneSource

beforeAll(async () => {
  network = await smallNetwork(runtime)
  source = new BackboneSource(network, smallDisplay)
})
afterAll(async () => {
  await network.dispose()
  await runtime.dispose()
})

const layerNamed = (name: string): string => network.structure.layers.find(({ title }) => title === name)!.id
const picture = (height: number, width: number, seed: number): Picture => ({ height, width, data: texture(height, width, seed).data })

interface Case { readonly statistic: string; readonly masked: boolean; readonly largestTile: number; readonly cacheBytes?: number }

async function evaluate({ statistic, masked, largestTile, cacheBytes = 1e9 }: Case, height = 61, width = 90): Promise<Evaluation & { tiles: number }> {
  const regions = masked ? { regions: 2, regionOfStyle: [0, 1], masked: true } : { regions: 1, regionOfStyle: [0, 0], masked: false }
  const plan: StylePlan = { statistic: statistics.get(statistic)!, style: [layerNamed('first'), layerNamed('second')], content: [layerNamed('second')], ...regions }
  const maskOf: MaskOf | undefined = masked ? (_, region, extent) => ({ width: extent.width, data: Float32Array.from({ length: extent.height * extent.width }, (__, at) => ((at % extent.width) / extent.width < 0.4 === (region === 0) ? 1 : 0.1)) }) : undefined
  const place = { runtime, source, target: runtime.loweringOf('cpu') }
  const grain = largestTile < Math.max(height, width) ? grainOf(source, plan.style, { height: 96, width: 96 }) : undefined
  const tiling = planTiles({ height, width }, largestTile, grain ?? { stride: 1, margin: 0 })
  const targets = await styleTargets(plan, [picture(40, 70, 2), picture(52, 33, 3)], largestTile, place)
  const evaluator = await openEvaluator({ plan, content: picture(height, width, 4), targets, tiling, grain, maskOf, cacheBytes }, place)
  const weights: Weights = { style: [[1, 0.5], [0.7, 2]], content: [0.3], smoothness: 0.2 }
  try {
    return { ...await evaluator.evaluate(picture(height, width, 5).data, weights), tiles: tiling.tiles.length }
  } finally {
    await evaluator.dispose()
  }
}

/** Sums in another order, in float32. */
const tolerance = 2e-4
const distance = (a: Float32Array, b: Float32Array): number => Math.sqrt(a.reduce((sum, value, at) => sum + (value - b[at]!) ** 2, 0) / b.reduce((sum, value) => sum + value ** 2, 0))

describe('a picture in tiles', () => {
  it('is covered once: what counts of the tiles neither overlaps nor leaves anything out, and every margin is as wide as asked for', () => {
    for (const [height, width, largest] of [[100, 237, 64], [64, 64, 64], [333, 65, 80], [97, 1001, 96]] as const) {
      const grain = { stride: 4, margin: 16 }
      const { tile, tiles } = planTiles({ height, width }, largest, grain)
      const count = new Uint8Array(height * width)
      for (const { rows, columns } of tiles) {
        for (let row = rows.from; row < rows.to; row++) for (let column = columns.from; column < columns.to; column++) count[row * width + column]!++
        for (const [span, length, size] of [[rows, height, tile.height], [columns, width, tile.width]] as const) {
          expect(span.start % grain.stride).toBe(0)
          expect(span.from === 0 || span.from - span.start >= grain.margin).toBe(true)
          expect(span.to === length ? span.start + size === length : span.start + size - span.to >= grain.margin).toBe(true)
        }
      }
      expect(Math.max(tile.height, tile.width)).toBeLessThanOrEqual(largest)
      expect(count.every((times) => times === 1)).toBe(true)
    }
  })

  it.each([['gram', false], ['gram', true], ['wasserstein', false], ['wasserstein', true]] as const)('has the losses and the gradient of the whole picture (%s, masks: %s)', async (statistic, masked) => {
    const whole = await evaluate({ statistic, masked, largestTile: 512 })
    const tiled = await evaluate({ statistic, masked, largestTile: 36 })
    expect([whole.tiles, tiled.tiles > 5]).toEqual([1, true])
    expect(Math.abs(tiled.loss / whole.loss - 1)).toBeLessThan(tolerance)
    for (const [part, expected] of [[tiled.style.flat(), whole.style.flat()], [tiled.content, whole.content], [[tiled.variation], [whole.variation]]] as const)
      part.forEach((value, at) => { expect(Math.abs(value / expected[at]! - 1)).toBeLessThan(tolerance * 5) })
    expect(distance(tiled.gradient, whole.gradient)).toBeLessThan(tolerance * 5)
  })

  it('is the same whether features of the content are kept or computed anew', async () => {
    const [kept, anew] = [await evaluate({ statistic: 'gram', masked: false, largestTile: 36 }), await evaluate({ statistic: 'gram', masked: false, largestTile: 36, cacheBytes: 0 })]
    expect(anew.gradient).toEqual(kept.gradient)
  })
})

describe('the gradient of a style step', () => {
  it('is what small changes of the picture show (float32, away from most kinks)', async () => {
    const plan: StylePlan = { statistic: statistics.get('gram')!, style: [layerNamed('first'), layerNamed('second')], content: [layerNamed('second')], regions: 1, regionOfStyle: [0], masked: false }
    const place = { runtime, source, target: runtime.loweringOf('cpu') }
    const targets = await styleTargets(plan, [picture(40, 40, 2)], 512, place)
    const evaluator = await openEvaluator({ plan, content: picture(24, 20, 4), targets, tiling: planTiles({ height: 24, width: 20 }, 512, { stride: 1, margin: 0 }), grain: undefined, maskOf: undefined, cacheBytes: 0 }, place)
    const weights: Weights = { style: [[1], [1]], content: [0.5], smoothness: 1 }
    const x = picture(24, 20, 5).data
    const { gradient } = await evaluator.evaluate(x, weights)
    const norm = Math.hypot(...gradient)
    const along = gradient.map((value) => value / norm)
    const step = 2e-3
    const at = async (by: number): Promise<number> => (await evaluator.evaluate(x.map((value, index) => value + by * along[index]!), weights)).loss
    expect((await at(step) - await at(-step)) / (2 * step) / norm).toBeCloseTo(1, 2)
    await evaluator.dispose()
  })
})
