import { expect, it } from 'vitest'
import { ints } from '#engine/onnx/attributes.ts'
import { shareSubexpressions } from '#engine/onnx/share-subexpressions.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { graphModel } from '../../support/graph-model.ts'

const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }
const names = (model: ReturnType<typeof graphModel>) => shareSubexpressions(model).graph.nodes.map(({ opType, inputs, outputs }) => [opType, ...inputs, '->', ...outputs].join(' '))

it('computes once what two nodes compute, whose constants are equal', () => {
  const model = graphModel({
    inputs: { x: [2] },
    nodes: [{ op: 'Mul', inputs: ['x', 'two'], outputs: ['a'] }, { op: 'Mul', inputs: ['x', 'zwei'], outputs: ['b'] }, { op: 'Add', inputs: ['a', 'b'], outputs: ['y'] }],
    outputs: { y: [2] }, constants: { two: float32Tensor([], [2]), zwei: float32Tensor([], [2]) },
  })
  expect(names(model)).toEqual(['Mul x two -> a', 'Add a a -> y'])
})

it('gives a max pool the indices that a later one of the same input asks for', () => {
  const model = graphModel({
    inputs: { x: [1, 1, 4, 4] },
    nodes: [
      { op: 'MaxPool', inputs: ['x'], outputs: ['y'], attributes: pool }, { op: 'Relu', inputs: ['y'], outputs: ['z'] },
      { op: 'MaxPool', inputs: ['x'], outputs: ['again', 'indices'], attributes: pool }, { op: 'MaxUnpool', inputs: ['again', 'indices'], outputs: ['w'], attributes: pool },
    ],
    outputs: { z: [1, 1, 2, 2], w: [1, 1, 4, 4] },
  })
  expect(names(model)).toEqual(['MaxPool x -> y indices', 'Relu y -> z', 'MaxUnpool y indices -> w'])
})

it('keeps nodes whose results are shown, differ in an attribute, or are drawn', () => {
  const model = graphModel({
    inputs: { x: [1, 1, 4, 4] },
    nodes: [
      { op: 'Relu', inputs: ['x'], outputs: ['a'] }, { op: 'Relu', inputs: ['x'], outputs: ['b'] },
      { op: 'MaxPool', inputs: ['x'], outputs: ['c'], attributes: pool }, { op: 'MaxPool', inputs: ['x'], outputs: ['d'], attributes: { ...pool, strides: ints([1, 1]) } },
      { op: 'RandomNormalLike', inputs: ['x'], outputs: ['e'] }, { op: 'RandomNormalLike', inputs: ['x'], outputs: ['f'] }, { op: 'Sum', inputs: ['c', 'd', 'e', 'f'], outputs: ['g'] },
    ],
    outputs: { a: [1, 1, 4, 4], b: [1, 1, 4, 4], g: undefined },
  })
  expect(names(model)).toHaveLength(7)
})
