import { describe, expect, it } from 'vitest'
import { createRandom } from '#engine/lib/random.ts'
import { float, int, ints } from '#engine/onnx/attributes.ts'
import type { Attribute, Model, Tensor } from '#engine/onnx/model.ts'
import { foldBatchNormalization } from '#engine/onnx/fold-batch-norm.ts'
import { elementCount, float32Tensor } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'

/** Scaling before or after a sum of some fifty float32 products. */
const tolerance = 1e-5

const random = createRandom(3)
const draw = (dims: number[], low = -1, high = 1): Tensor => float32Tensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.uniform(low, high)))

interface Case {
  readonly op: string
  readonly input: number[]
  readonly weight: number[]
  readonly channels: number
  readonly bias?: boolean
  readonly attributes?: Record<string, Attribute>
}

const build = ({ op, input, weight, channels, bias = true, attributes = {} }: Case): Model => graphModel({
  inputs: { x: input }, outputs: { y: undefined },
  nodes: [
    { op, inputs: ['x', 'w', ...(bias ? ['b'] : [])], outputs: ['between'], attributes },
    { op: 'BatchNormalization', inputs: ['between', 'scale', 'shift', 'mean', 'variance'], outputs: ['y'], attributes: { epsilon: float(0.01) } },
  ],
  constants: { w: draw(weight), ...(bias ? { b: draw([channels]) } : {}), scale: draw([channels]), shift: draw([channels]), mean: draw([channels]), variance: draw([channels], 0.2, 2) },
})

const cases: readonly (Case & { title: string })[] = [
  { title: 'Conv', op: 'Conv', input: [1, 3, 5, 5], weight: [4, 3, 3, 3], channels: 4 },
  { title: 'Conv without bias, in groups', op: 'Conv', input: [1, 4, 5, 5], weight: [6, 2, 3, 3], channels: 6, bias: false, attributes: { group: int(2) } },
  { title: 'ConvTranspose', op: 'ConvTranspose', input: [1, 3, 4, 4], weight: [3, 5, 2, 2], channels: 5, attributes: { strides: ints([2, 2]) } },
  { title: 'ConvTranspose in groups', op: 'ConvTranspose', input: [1, 4, 4, 4], weight: [4, 3, 2, 2], channels: 6, attributes: { group: int(2) } },
  { title: 'Gemm', op: 'Gemm', input: [3, 5], weight: [5, 4], channels: 4 },
  { title: 'Gemm, transposed weight', op: 'Gemm', input: [3, 5], weight: [4, 5], channels: 4, attributes: { transB: int(1) } },
]

describe('folding BatchNormalization', () => {
  it.each(cases)('into $title leaves one node and the same values', async (each) => {
    const model = build(each)
    const folded = foldBatchNormalization(model, new Set())
    expect(folded.graph.nodes.map((node) => node.opType)).toEqual([each.op])
    const x = floatTensor(each.input, Float32Array.from({ length: elementCount(each.input) }, () => random.uniform(-1, 1)))
    const [expected, actual] = [await runModel(model, { x }), await runModel(folded, { x })]
    const largest = Math.max(...Array.from(expected['y']?.data as Float32Array, Math.abs))
    expect(expected['y']?.data.length).toBeGreaterThan(0)
    for (const [index, value] of (expected['y']?.data as Float32Array).entries()) expect(Math.abs((actual['y']?.data[index] as number) - value) / largest).toBeLessThan(tolerance)
  })

  it.each([['between'], ['w'], ['scale']])('does not happen where %s is wanted', (name) => {
    const model = build(cases[0] as Case)
    expect(foldBatchNormalization(model, new Set([name]))).toBe(model)
  })

  it('does not happen where something else reads the value in between', () => {
    const model = build(cases[0] as Case)
    const read = { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, { name: 'between' }] } }
    expect(foldBatchNormalization(read, new Set())).toBe(read)
  })

  it('does not happen where a Gemm scales', () => {
    const model = build({ ...(cases[4] as Case), attributes: { alpha: float(2) } })
    expect(foldBatchNormalization(model, new Set())).toBe(model)
  })

  it('gives the same tensors again', () => {
    const model = build(cases[0] as Case)
    const weights = () => [...foldBatchNormalization(model, new Set()).graph.initializers].find(([name]) => name.endsWith('folded_weight'))?.[1].bytes
    expect(weights()).toBe(weights())
  })
})
