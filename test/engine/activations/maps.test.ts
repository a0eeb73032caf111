import { describe, expect, it } from 'vitest'
import type { Layer } from '#contract/graph.ts'
import { createShrinker } from '#engine/activations/area-average.ts'
import { layerValues, unitMap, unitRanges } from '#engine/activations/layer-values.ts'
import { createSheet } from '#engine/activations/map-sheet.ts'
import { outputPixels } from '#engine/activations/output-picture.ts'
import { topPredictions } from '#engine/activations/predictions.ts'
import { histogramOf, statisticsOf } from '#engine/activations/statistics.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'

const layer = (view: Layer['view'], shape: number[] = []): Layer => ({
  id: 'l', title: 'l', kind: 'convolution', op: 'Conv', fused: [], nodes: [], outputTensor: 'y', inputs: [], outputs: [], shape, view, parameters: 0, macs: 0, sentence: '',
})
const tensor = (dims: number[], values: (index: number) => number) => floatTensor(dims, Float32Array.from({ length: dims.reduce((product, dim) => product * dim, 1) }, (_, index) => values(index)))
const maps = (channels: number, height: number, width: number, values: (index: number) => number) => layerValues(layer({ type: 'maps', channels, height, width }), tensor([1, channels, height, width], values))

describe('values of a layer', () => {
  it('are the same maps whichever way the tensor lays them out', () => {
    const first = maps(2, 2, 3, (index) => index)
    const last = layerValues(layer({ type: 'maps', channels: 2, height: 2, width: 3, channelsLast: true }), tensor([1, 2, 3, 2], (index) => Math.floor(index / 2) + 6 * (index % 2)))
    for (const unit of [0, 1]) expect(unitMap(last, unit)).toEqual(unitMap(first, unit))
    expect([...unitMap(first, 1)]).toEqual([6, 7, 8, 9, 10, 11])
  })

  it('of tokens are maps over the patches, without the class token', () => {
    const values = layerValues(layer({ type: 'tokens', tokens: 5, units: 3 }), tensor([1, 5, 3], (index) => index))
    expect([values.units, values.height, values.width]).toEqual([3, 2, 2])
    expect([...unitMap(values, 1)]).toEqual([4, 7, 10, 13])
    const ragged = layerValues(layer({ type: 'tokens', tokens: 7, units: 2 }), tensor([1, 7, 2], (index) => index))
    expect([ragged.height, ragged.width, [...unitMap(ragged, 1)]]).toEqual([7, 1, [1, 3, 5, 7, 9, 11, 13]])
  })

  it('of a vector are one number a unit', () => {
    const values = layerValues(layer({ type: 'vector', units: 4 }), tensor([1, 4, 1, 1], (index) => -index))
    expect(unitRanges(values).map(({ mean }) => mean + 0)).toEqual([0, -1, -2, -3])
    expect(() => unitMap(values, 4)).toThrow(/Unit 4 does not exist: the layer has 4, 0 to 3/)
  })
})

describe('sheets', () => {
  it('average areas, with parts of pixels by their share', () => {
    const shrink = (width: number, side: number) => {
      const shrinker = createShrinker(maps(1, 1, width, (index) => index), side)
      const target = new Float32Array(shrinker.height * shrinker.width)
      shrinker.shrink(0, target)
      return [...target].map((value) => Math.round(value * 1e4) / 1e4)
    }
    expect(shrink(4, 2)).toEqual([0.5, 2.5])
    // 3 into 2: (0 + 1/2) / 1.5 and (1/2 + 2) / 1.5.
    expect(shrink(3, 2)).toEqual([0.3333, 1.6667])
    expect(shrink(3, 9)).toEqual([0, 1, 2])
  })

  it('quantize each map to its own range, or all to one', () => {
    const values = maps(2, 1, 2, (index) => [0, 1, 0, 4][index]!)
    const own = createSheet(values, { maxTiles: 9, tileSize: 9, scale: 'map' })
    expect([own.columns, own.rows, own.tileWidth, own.tileHeight, own.signed]).toEqual([1, 2, 2, 1, false])
    expect([[...own.pixels], own.low, own.high]).toEqual([[0, 255, 0, 255], [0, 0], [1, 4]])
    const shared = createSheet(values, { maxTiles: 9, tileSize: 9, scale: 'layer' })
    expect([[...shared.pixels], shared.high]).toEqual([[0, 64, 0, 255], [4, 4]])
  })

  it('center layers with values below zero, so that byte 127.5 is zero', () => {
    const { pixels, low, high, signed } = createSheet(maps(1, 1, 3, (index) => [-2, 0, 1][index]!), { maxTiles: 1, tileSize: 9, scale: 'map' })
    expect([signed, low, high]).toEqual([true, [-2], [2]])
    expect([...pixels]).toEqual([0, 128, 191])
  })

  it('show the most active units of more than are asked for', () => {
    const { units, total } = createSheet(maps(5, 1, 1, (index) => [1, -9, 3, 0, 5][index]!), { maxTiles: 3, tileSize: 4, scale: 'map' })
    expect([units, total]).toEqual([[1, 4, 2], 5])
  })

  it('survive maps of nothing and of no numbers', () => {
    const { pixels, high } = createSheet(maps(2, 1, 2, (index) => [0, 0, NaN, Infinity][index]!), { maxTiles: 2, tileSize: 2, scale: 'map' })
    expect([[...pixels], high]).toEqual([[0, 0, 0, 0], [0, 0]])
  })
})

describe('statistics', () => {
  it('are of the numbers among the values', () => {
    const statistics = statisticsOf(Float32Array.of(-1, 0, 1, 2, NaN))
    expect(statistics).toEqual({ min: -1, max: 2, mean: 0.5, std: Math.sqrt(1.25), active: 0.5, invalid: 0.2 })
    expect(histogramOf(Float32Array.of(-1, 0, 1, 2), statistics, 3)).toEqual({ min: -1, max: 2, counts: [1, 1, 2] })
    expect(histogramOf(Float32Array.of(3, 3), { min: 3, max: 3 })).toEqual({ min: 3, max: 3, counts: [2] })
    expect(statisticsOf(Float32Array.of(Infinity, NaN))).toEqual({ min: 0, max: 0, mean: 0, std: 0, active: 0, invalid: 1 })
    expect(statisticsOf(new Float32Array())).toEqual({ min: 0, max: 0, mean: 0, std: 0, active: 0 })
  })
})

describe('answers', () => {
  it('are ranked by probability; logits go through a softmax and probabilities do not', () => {
    const top = topPredictions(Float32Array.of(0, 2, 1000), { output: 'logits', labels: ['a', 'b', 'c'] }, 2)
    expect(top).toEqual([{ index: 2, label: 'c', probability: 1, value: 1000 }, { index: 1, label: 'b', probability: 0, value: 2 }])
    expect(topPredictions(Float32Array.of(0.25, 0.75), { output: 'probabilities', labels: [] }, 1)).toEqual([{ index: 1, label: 'class 1', probability: 0.75, value: 0.75 }])
    expect(topPredictions(Float32Array.of(1), { output: 'none', labels: [] })).toEqual([])
  })

  it('that are pictures are shown from whichever range they are in', () => {
    const picture = (scale: number, shift: number, dims = [1, 3, 8, 8]) => outputPixels(tensor(dims, (index) => ((index % 64) / 63) * scale + shift))!.data
    expect(picture(1, 0)).toEqual(picture(255, 0))
    expect(Math.max(...picture(2, -1).map((value, index) => Math.abs(value - picture(1, 0)[index]!)))).toBeLessThanOrEqual(1)
    expect(outputPixels(tensor([1, 8, 8, 1], (index) => index / 63))).toMatchObject({ width: 8, height: 8 })
    expect(outputPixels(tensor([1, 10], () => 0))).toBeUndefined()
  })
})
