import { afterAll, expect, it } from 'vitest'
import { float, int } from '#engine/onnx/attributes.ts'
import { expandLrn, mostBandChannels } from '#engine/onnx/expand-lrn.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { createRandom } from '#engine/lib/random.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../../support/graph-model.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
afterAll(() => runtime.dispose())

const places = 6
const modelOf = (channels: number, size: number, alpha: number, beta: number, bias: number) => graphModel({
  inputs: { x: [2, channels, 3, 2] }, nodes: [{ op: 'LRN', inputs: ['x'], outputs: ['y'], attributes: { size: int(size), alpha: float(alpha), beta: float(beta), bias: float(bias) } }], outputs: { y: undefined },
})

it.each([[7, 5, 0.9, 0.75, 1], [4, 1, 2, 0.5, 1.5], [3, 7, 1, 1, 2], [64, 5, 1e-4, 0.75, 1]])('local response normalisation of %i channels in windows of %i is its definition', async (channels, size, alpha, beta, bias) => {
  const random = createRandom(channels)
  const x = Float32Array.from({ length: 2 * channels * places }, () => random.normal(0, 3))
  const expanded = expandLrn(modelOf(channels, size, alpha, beta, bias), inferShapes(modelOf(channels, size, alpha, beta, bias)))
  expect(expanded.graph.nodes.map(({ opType }) => opType)).not.toContain('LRN')
  const session = await runtime.open(expanded)
  const { y } = await session.run({ x: floatTensor([2, channels, 3, 2], x) })
  await session.dispose()
  x.forEach((value, index) => {
    const [place, channel, sample] = [index % places, Math.floor(index / places) % channels, Math.floor(index / places / channels)]
    let squares = 0
    for (let other = Math.max(0, channel - Math.floor((size - 1) / 2)); other <= Math.min(channels - 1, channel + Math.ceil((size - 1) / 2)); other++) squares += x[(sample * channels + other) * places + place]! ** 2
    const expected = value / (bias + (alpha / size) * squares) ** beta
    expect(Math.abs((y!.data[index] as number) - expected)).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)))
  })
})

it('of more channels than a band is worth stays as it is', () => {
  const model = modelOf(mostBandChannels + 1, 5, 1, 0.75, 1)
  expect(expandLrn(model, inferShapes(model))).toBe(model)
})
