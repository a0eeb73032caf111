import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** Values receive their gradients back at their positions; positions have none. Operator sets 1 to 24. */
export default defineGradient({
  op: 'TopK',
  gradient: [(c) => c.emit.scatterElements(c.emit.zerosLike(c.input(0)), c.output(1), c.dy(), intOf(c.node, 'axis', -1))],
  samples: [
    { name: 'largest of the last axis', outputs: 2, inputs: [{ dims: [2, 6], distinct: true }, { constant: [3], dims: [1], dataType: 'int64' }] },
    { name: 'smallest of axis 1', outputs: 2, attributes: { axis: int(1), largest: int(0) }, inputs: [{ dims: [2, 5, 3], distinct: true }, { constant: [2], dims: [1], dataType: 'int64' }] },
    { name: 'in any order', outputs: 2, attributes: { sorted: int(0) }, inputs: [{ dims: [2, 6], distinct: true }, { constant: [4], dims: [1], dataType: 'int64' }] },
  ],
})
