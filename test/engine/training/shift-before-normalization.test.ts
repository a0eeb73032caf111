import { expect, it } from 'vitest'
import { cpuTarget } from '#engine/autodiff/lowering/target.ts'
import { createRandom } from '#engine/lib/random.ts'
import { float, int, ints } from '#engine/onnx/attributes.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { expandNormalization } from '#engine/training/expand-normalization.ts'
import { shiftBeforeNormalization } from '#engine/training/shift-before-normalization.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'

const [samples, channels, extent] = [4, 3, 12] as const
const positions = extent * extent
const epsilon = 1e-5
const momentum = 0.9
/** Far from zero beside their deviation of 1. */
const offsets = [300, -2000, 0]

const model = graphModel({
  inputs: { x: [samples, channels, extent, extent], w: [channels, 1, 1, 1], scale: [channels], bias: [channels], mean: [channels], variance: [channels] },
  nodes: [
    { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'], attributes: { group: int(channels), kernel_shape: ints([1, 1]) } },
    { op: 'BatchNormalization', inputs: ['c', 'scale', 'bias', 'mean', 'variance'], outputs: ['y', 'next_mean', 'next_variance'], attributes: { training_mode: int(1), epsilon: float(epsilon), momentum: float(momentum) } },
  ],
  outputs: { y: [samples, channels, extent, extent], next_mean: [channels], next_variance: [channels] },
})

function example() {
  const random = createRandom(3)
  const channelOf = (index: number): number => Math.floor(index / positions) % channels
  const x = Float32Array.from({ length: samples * channels * positions }, (_, index) => (offsets[channelOf(index)] ?? 0) + random.normal())
  const means = offsets.map((_, channel) => x.reduce((sum, value, index) => (channelOf(index) === channel ? sum + value : sum), 0) / (samples * positions))
  const variances = means.map((mean, channel) => x.reduce((sum, value, index) => (channelOf(index) === channel ? sum + (value - mean) ** 2 : sum), 0) / (samples * positions))
  const y = Float64Array.from(x, (value, index) => (value - (means[channelOf(index)] ?? 0)) / Math.sqrt((variances[channelOf(index)] ?? 1) + epsilon))
  const vector = (values: readonly number[]) => floatTensor([channels], Float32Array.from(values))
  // The running mean lags behind the batch's by a tenth of a deviation, as it does in training.
  const running = means.map((mean) => mean - 0.1)
  return {
    y, means, running,
    feeds: {
      x: floatTensor([samples, channels, extent, extent], x), w: floatTensor([channels, 1, 1, 1], new Float32Array(channels).fill(1)),
      scale: vector([1, 1, 1]), bias: vector([0, 0, 0]), mean: vector(running), variance: vector([1, 1, 1]),
    },
  }
}

const largestError = (values: ArrayLike<number>, expected: ArrayLike<number>): number => Array.from(values).reduce((error, value, index) => Math.max(error, Math.abs(value - (expected[index] ?? NaN))), 0)

it('keeps the digits of channels whose mean is far larger than their deviation', async () => {
  const { y, feeds } = example()
  const shifted = await runModel(expandNormalization(shiftBeforeNormalization(model), cpuTarget), feeds)
  const unshifted = await runModel(expandNormalization(model, cpuTarget), feeds)
  // float32 inputs near 2000 are 1e-4 apart; the variance itself would lose far more.
  expect(largestError(shifted['y']?.data as Float32Array, y)).toBeLessThan(1e-3)
  expect(largestError(unshifted['y']?.data as Float32Array, y)).toBeGreaterThan(0.01)
})

it('moves the running averages as the operator does', async () => {
  const { feeds, means, running } = example()
  const results = await runModel(expandNormalization(shiftBeforeNormalization(model), cpuTarget), feeds)
  expect(largestError(results['next_mean']?.data as Float32Array, means.map((mean, channel) => momentum * (running[channel] ?? 0) + (1 - momentum) * mean))).toBeLessThan(1e-3)
  const reference = await runModel(model, feeds)
  expect(largestError(results['next_variance']?.data as Float32Array, reference['next_variance']?.data as Float32Array)).toBeLessThan(1e-3)
})

it('leaves a convolution alone that something else reads', () => {
  const read = graphModel({
    inputs: { x: [1, 1, 2, 2], w: [1, 1, 1, 1], s: [1], m: [1] },
    nodes: [
      { op: 'Conv', inputs: ['x', 'w'], outputs: ['c'] },
      { op: 'BatchNormalization', inputs: ['c', 's', 's', 'm', 's'], outputs: ['y', 'nm', 'nv'], attributes: { training_mode: int(1) } },
      { op: 'Add', inputs: ['c', 'y'], outputs: ['z'] },
    ],
    outputs: { z: [1, 1, 2, 2] },
  })
  expect(shiftBeforeNormalization(read).graph.nodes).toEqual(read.graph.nodes)
})
