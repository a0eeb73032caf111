import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y[i, j, k] = x[i, index[i, j, k], k]; dx adds dy at those places. Operator sets 11 to 13. */
export default defineGradient({
  op: 'GatherElements',
  gradient: [(c) => c.emit.scatterElements(c.emit.zerosLike(c.input(0)), c.input(1), c.dy(), intOf(c.node, 'axis', 0), 'add')],
  samples: [
    { name: 'axis 0, repeated', inputs: [{ dims: [3, 2] }, { constant: [0, 1, 2, 0, 0, 1, 2, 2], dims: [4, 2], dataType: 'int64' }] },
    { name: 'axis 1, fewer places than the input, negative index', attributes: { axis: int(1) }, inputs: [{ dims: [3, 4] }, { constant: [0, -1, 3, 3], dims: [2, 2], dataType: 'int64' }] },
    { name: 'a few elements of many', inputs: [{ dims: [64, 40] }, { constant: [3, 60, 0, 63], dims: [2, 2], dataType: 'int64' }] },
    { name: 'negative axis, int32', attributes: { axis: int(-1) }, inputs: [{ dims: [2, 2, 3] }, { constant: [0, 2, 1, 1, 0, 0, 2, 1], dims: [2, 2, 2], dataType: 'int32' }] },
  ],
})
