import { describe, expect, it } from 'vitest'
import { int } from '#engine/onnx/attributes.ts'
import type { Model } from '#engine/onnx/model.ts'
import { nestConcats } from '#engine/onnx/nest-concats.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'

const dense = (axes: readonly [number, number]): Model => graphModel({
  inputs: { x: [2, 3] }, outputs: { ab: undefined, abc: undefined },
  nodes: [
    { op: 'Neg', inputs: ['x'], outputs: ['b'] },
    { op: 'Concat', inputs: ['x', 'b'], outputs: ['ab'], attributes: { axis: int(axes[0]) } },
    { op: 'Abs', inputs: ['x'], outputs: ['c'] },
    { op: 'Concat', inputs: ['x', 'b', 'c'], outputs: ['abc'], attributes: { axis: int(axes[1]) } },
  ],
})
const inputsOf = (model: Model): readonly (readonly string[])[] => model.graph.nodes.filter((node) => node.opType === 'Concat').map((node) => node.inputs)

describe('nesting concatenations', () => {
  it('reads what is concatenated already, and leaves the values as they were', async () => {
    const model = dense([1, 1])
    const nested = nestConcats(model)
    expect(inputsOf(nested)).toEqual([['x', 'b'], ['ab', 'c']])
    const x = floatTensor([2, 3], Float32Array.of(1, -2, 3, -4, 5, -6))
    const [before, after] = [await runModel(model, { x }), await runModel(nested, { x })]
    expect(after['abc']?.data).toEqual(before['abc']?.data)
  })

  it('does not join what runs along another axis', () => {
    const model = dense([0, 1])
    expect(nestConcats(model)).toBe(model)
  })
})
