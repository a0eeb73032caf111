import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '#engine/lib/random.ts'
import { float, int, ints, string } from '#engine/onnx/attributes.ts'
import type { Model } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { findBlockSize } from '#engine/runtime/blocked/block-size.ts'
import { blockConvolutions } from '#engine/runtime/blocked/block-convolutions.ts'
import { blockedDomain } from '#engine/runtime/blocked/layouts.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { InlineHost } from '#engine/runtime/inline-host.ts'
import { graphModel } from '../../support/graph-model.ts'
import type { GraphText } from '../../support/graph-model.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 2 })
afterAll(() => runtime.dispose())
const block = await findBlockSize(new InlineHost(), 0)

const window = (size: number, stride: number, pad: number) => ({ kernel_shape: ints([size, size]), strides: ints([stride, stride]), pads: ints([pad, pad, pad, pad]) })
const inChannels = { op: 'Conv', inputs: ['x', 'w1', 'b1'], outputs: ['c'], attributes: window(3, 1, 1) }
const base = { x: [2, 3, 12, 10], w1: [32, 3, 3, 3], b1: [32] }

/** Each is computed as it is given, and in blocks. `blocked`: nodes that must be there in blocks. */
const cases: Readonly<Record<string, Omit<GraphText, 'inputs'> & { readonly inputs?: Record<string, number[]>; readonly blocked: readonly string[] }>> = {
  'a convolution of few channels, with bias': { nodes: [inChannels], outputs: { c: undefined }, blocked: ['Conv'] },
  'strides, dilations, a function and a sum in passing': {
    inputs: { w2: [64, 32, 3, 3], w3: [64, 32, 3, 3], w4: [64, 1, 1, 1] },
    nodes: [
      inChannels, { op: 'HardSigmoid', inputs: ['c'], outputs: ['h'], attributes: { alpha: float(0.3) } },
      { op: 'Conv', inputs: ['h', 'w2'], outputs: ['d'], attributes: window(3, 2, 1) }, { op: 'Conv', inputs: ['h', 'w3'], outputs: ['e'], attributes: { ...window(3, 2, 2), dilations: ints([2, 2]) } },
      { op: 'Conv', inputs: ['e', 'w4'], outputs: ['f'], attributes: { group: int(64) } }, { op: 'Add', inputs: ['d', 'f'], outputs: ['s'] }, { op: 'Relu', inputs: ['s'], outputs: ['r'] },
    ],
    outputs: { r: undefined, h: undefined }, blocked: ['Conv', 'Conv', 'Conv', 'Conv'],
  },
  'a sum that is read elsewhere, elements with numbers, maps side by side': {
    inputs: { t: [] },
    nodes: [
      inChannels, { op: 'Mul', inputs: ['c', 't'], outputs: ['m'] }, { op: 'Sub', inputs: ['m', 'c'], outputs: ['d'] }, { op: 'Add', inputs: ['d', 'c'], outputs: ['s'] }, { op: 'Relu', inputs: ['s'], outputs: ['r'] },
      { op: 'Reshape', inputs: ['r', 'beside'], outputs: ['r1'] }, { op: 'Reshape', inputs: ['d', 'kernels'], outputs: ['d1'] }, { op: 'Conv', inputs: ['r1', 'd1'], outputs: ['p'], attributes: { group: int(64) } },
      { op: 'ReduceMean', inputs: ['r', 'axes'], outputs: ['mean'], attributes: { keepdims: int(0) } }, { op: 'ReduceSum', inputs: ['d', 'axes'], outputs: ['sum'], attributes: { keepdims: int(1) } },
    ],
    constants: { beside: int64Tensor([4], [1, 64, 12, 10]), kernels: int64Tensor([4], [64, 1, 12, 10]), axes: int64Tensor([3], [0, 2, 3]) },
    outputs: { p: undefined, mean: undefined, sum: undefined, s: undefined }, blocked: ['Conv', 'Conv', 'GlobalAveragePool', 'GlobalAveragePool'],
  },
  'pools and nearest neighbours': {
    nodes: [
      inChannels, { op: 'MaxPool', inputs: ['c'], outputs: ['m'], attributes: window(2, 2, 0) }, { op: 'AveragePool', inputs: ['m'], outputs: ['a'], attributes: { ...window(3, 1, 1), count_include_pad: int(1) } },
      { op: 'Resize', inputs: ['a', '', 'scales'], outputs: ['u'], attributes: { mode: string('nearest'), coordinate_transformation_mode: string('asymmetric'), nearest_mode: string('floor') } },
      { op: 'Add', inputs: ['u', 'c'], outputs: ['s'] }, { op: 'GlobalMaxPool', inputs: ['s'], outputs: ['g'] },
    ],
    constants: { scales: float32Tensor([4], Float32Array.of(1, 1, 2, 2)) }, outputs: { g: undefined, u: undefined }, blocked: ['Conv', 'MaxPool', 'AveragePool', 'Upsample', 'GlobalMaxPool'],
  },
  'channels last': {
    nodes: [inChannels, { op: 'Reshape', inputs: ['c', 'columns'], outputs: ['flat'] }, { op: 'Transpose', inputs: ['flat'], outputs: ['rows'], attributes: { perm: ints([0, 2, 1]) } }, { op: 'MatMul', inputs: ['rows', 'one'], outputs: ['moved'] }, { op: 'MatMul', inputs: ['flat', 'half'], outputs: ['halved'] }],
    constants: { columns: int64Tensor([3], [2, 32, 120]), one: float32Tensor([32, 32], Float32Array.from({ length: 1024 }, (_, at) => (at % 33 === 0 ? 1 : 0))), half: float32Tensor([120, 1], new Float32Array(120).fill(0.5)) },
    outputs: { moved: undefined, halved: undefined }, blocked: ['Conv', 'ReorderOutput', 'ReorderOutput'],
  },
  ...Object.fromEntries(([[3, 2, 1, 1], [4, 2, 1, 0], [5, 2, 2, 1], [3, 3, 0, 0], [5, 3, 1, 0], [2, 2, 0, 0]] as const).map(([size, stride, pad, extra]) => [`a transposed convolution of ${size}x${size} at stride ${stride}`, {
    inputs: { w2: [32, 16, size, size] },
    nodes: [inChannels, { op: 'ConvTranspose', inputs: ['c', 'w2'], outputs: ['t'], attributes: { ...window(size, stride, pad), output_padding: ints([extra, extra]) } }], outputs: { t: undefined }, blocked: ['Conv', 'Conv'],
  }])),
}

const random = createRandom(7)
async function outputsOf(model: Model, feeds: Readonly<Record<string, { readonly dims: readonly number[]; readonly data: Float32Array }>>): Promise<Record<string, Float32Array>> {
  const session = await runtime.open(model)
  const results = await session.run(Object.fromEntries(Object.entries(feeds).map(([name, { dims, data }]) => [name, floatTensor(dims, data)])))
  await session.dispose()
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]))
}

describe.skipIf(block === undefined)('convolutions with kernels that change, in blocks', () => {
  it('finds the size of a block', () => {
    expect([8, 16]).toContain(block)
  })

  for (const [name, { blocked, inputs, ...text }] of Object.entries(cases))
    it(`${name}: the same numbers`, async () => {
      const dims = { ...base, ...inputs }
      const model = graphModel({ ...text, inputs: dims })
      const made = blockConvolutions(model, inferShapes(model), block ?? 8)
      const there = made.graph.nodes.filter((node) => node.domain === blockedDomain).map((node) => node.opType)
      for (const op of new Set(blocked)) expect(there.filter((each) => each === op).length, op).toBeGreaterThanOrEqual(blocked.filter((each) => each === op).length)
      const feeds = Object.fromEntries(Object.entries(dims).map(([input, shape]) => [input, { dims: shape, data: Float32Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, () => random.normal()) }]))
      const [plain, inBlocks] = [await outputsOf(model, feeds), await outputsOf(made, feeds)]
      for (const [output, values] of Object.entries(plain)) {
        const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
        expect(inBlocks[output]).toHaveLength(values.length)
        expect(Math.max(...values.map((value, at) => Math.abs(value - inBlocks[output]![at]!))), output).toBeLessThan(2e-5 * largest)
      }
    })

  it('leaves a model of constant kernels as it is', () => {
    const model = graphModel({ inputs: { x: [1, 16, 4, 4] }, nodes: [{ op: 'Conv', inputs: ['x', 'w'], outputs: ['y'] }], constants: { w: float32Tensor([16, 16, 1, 1], new Float32Array(256)) }, outputs: { y: undefined } })
    expect(blockConvolutions(model, inferShapes(model), block ?? 8)).toBe(model)
  })
})
