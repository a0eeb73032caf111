import { describe, expect, it } from 'vitest'
import { createRandom } from '#engine/lib/random.ts'
import { ints } from '#engine/onnx/attributes.ts'
import type { Model, Tensor } from '#engine/onnx/model.ts'
import { poolBeforeRelu } from '#engine/onnx/pool-before-relu.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { floatTensor } from '#engine/runtime/host-tensor.ts'
import { graphModel } from '../../support/graph-model.ts'
import { runModel } from '../../support/run-model.ts'

const build = (op: string, inputs: string[] = [], constants: Record<string, Tensor> = {}): Model => graphModel({
  inputs: { x: [1, 2, 6, 5] }, outputs: { y: undefined }, constants,
  nodes: [
    { op: 'Neg', inputs: ['x'], outputs: ['z'] },
    { op, inputs: ['z', ...inputs], outputs: ['a'] },
    { op: 'MaxPool', inputs: ['a'], outputs: ['y'], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
  ],
})
const relu6 = build('Clip', ['low', 'high'], { low: float32Tensor([], [0]), high: float32Tensor([], [0.5]) })
const random = createRandom(5)
const x = floatTensor([1, 2, 6, 5], Float32Array.from({ length: 60 }, () => random.uniform(-1, 1)))

describe('exchanging an activation and the pool behind it', () => {
  it.each([['Relu', build('Relu')], ['Clip', relu6]])('leaves the values as they were (%s)', async (op, model) => {
    const exchanged = poolBeforeRelu(model, inferShapes(model), new Set())
    expect(exchanged.model.graph.nodes.map((node) => node.opType)).toEqual(['Neg', 'MaxPool', op])
    const [before, after] = [await runModel(model, { x }), await runModel(exchanged.model, { x })]
    expect(after['y']?.data).toEqual(before['y']?.data)
    expect(exchanged.facts.get(`y/before_${op}`)?.shape).toEqual([1, 2, 3, 3])
  })

  it.each([['is wanted', new Set(['a'])], ['is an output', new Set<string>()]])('does not happen where the activation %s', (why, keep) => {
    const model = build('Relu')
    const given = why === 'is an output' ? { ...model, graph: { ...model.graph, outputs: [...model.graph.outputs, { name: 'a' }] } } : model
    expect(poolBeforeRelu(given, inferShapes(given), keep).model).toBe(given)
  })

  it('does not happen for a function that is not monotone', () => {
    const model = build('Abs')
    expect(poolBeforeRelu(model, inferShapes(model), new Set()).model).toBe(model)
  })
})
