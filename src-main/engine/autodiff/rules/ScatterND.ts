import { string, stringOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { refuseReduction } from '../refuse-reduction.ts'

/** As ScatterElements, with index tuples that name elements or whole slices. Operator sets 11 to 18. */
export default defineGradient({
  op: 'ScatterND',
  refuse: refuseReduction,
  gradient: [
    (c) => {
      if (stringOf(c.node, 'reduction', 'none') === 'add') return c.dy()
      return c.emit.scatterND(c.dy(), c.input(1), c.emit.zerosLike(c.input(2)))
    },
    undefined,
    (c) => c.emit.gatherND(c.dy(), c.input(1)),
  ],
  samples: [
    { name: 'none, elements', inputs: [{ dims: [3, 4] }, { constant: [0, 1, 2, 3], dims: [2, 2], dataType: 'int64' }, { dims: [2] }] },
    { name: 'none, slices', inputs: [{ dims: [4, 2, 3] }, { constant: [3, 1], dims: [2, 1], dataType: 'int64' }, { dims: [2, 2, 3] }] },
    { name: 'add, repeated', attributes: { reduction: string('add') }, inputs: [{ dims: [4, 3] }, { constant: [2, 0, 2], dims: [3, 1], dataType: 'int64' }, { dims: [3, 3] }] },
  ],
})
