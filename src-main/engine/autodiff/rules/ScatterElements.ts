import { int, intOf, string, stringOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { refuseReduction } from '../refuse-reduction.ts'

/**
 * y = data with updates written (none) or added (add) at the indices. d updates = dy at the indices; d data = dy, with zeros
 * at the indices where they were overwritten. Indices written twice without a reduction are undefined by ONNX. Operator sets 11 to 18.
 */
export default defineGradient({
  op: 'ScatterElements',
  refuse: refuseReduction,
  gradient: [
    (c) => {
      if (stringOf(c.node, 'reduction', 'none') === 'add') return c.dy()
      return c.emit.scatterElements(c.dy(), c.input(1), c.emit.zerosLike(c.input(2)), intOf(c.node, 'axis', 0))
    },
    undefined,
    (c) => c.emit.gatherElements(c.dy(), c.input(1), intOf(c.node, 'axis', 0)),
  ],
  samples: [
    { name: 'none', inputs: [{ dims: [3, 3] }, { constant: [1, 0, 2, 0, 2, 1], dims: [2, 3], dataType: 'int64' }, { dims: [2, 3] }] },
    { name: 'none, negative axis and index', attributes: { axis: int(-1) }, inputs: [{ dims: [2, 4] }, { constant: [-1, 0, 2, 1], dims: [2, 2], dataType: 'int64' }, { dims: [2, 2] }] },
    { name: 'add, repeated', attributes: { axis: int(1), reduction: string('add') }, inputs: [{ dims: [2, 4] }, { constant: [1, 1, 3, 0, 0, 0], dims: [2, 3], dataType: 'int64' }, { dims: [2, 3] }] },
  ],
})
