import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** Values receive their gradients back at their positions; positions have none. Operator sets 1 to 24. */
export default defineGradient({
  op: 'TopK',
  gradient: [
    (c) => {
      const { emit } = c
      const axis = intOf(c.node, 'axis', -1)
      const indices = c.outputs[1] ?? emit.topKIndices(c.input(0), c.input(1), c.dy().dims, {
        axis, largest: intOf(c.node, 'largest', 1) === 1, sorted: intOf(c.node, 'sorted', 1) === 1,
      })
      return emit.scatterElements(emit.zerosLike(c.input(0)), indices, c.dy(), axis)
    },
  ],
  samples: [
    { name: 'largest of the last axis', outputs: 2, inputs: [{ dims: [2, 6], distinct: true }, { constant: [3], dims: [1], dataType: 'int64' }] },
    { name: 'smallest of axis 1', outputs: 2, attributes: { axis: int(1), largest: int(0) }, inputs: [{ dims: [2, 5, 3], distinct: true }, { constant: [2], dims: [1], dataType: 'int64' }] },
    { name: 'positions not asked for', outputs: 1, inputs: [{ dims: [2, 6], distinct: true }, { constant: [1], dims: [1], dataType: 'int64' }] },
  ],
})
