import { int } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** The same elements in another shape. Operator sets 5 to 23. */
export default defineGradient({
  op: 'Reshape',
  gradient: [(c) => c.emit.reshape(c.dy(), c.input(0).dims)],
  samples: [
    { name: 'copied and inferred axes', inputs: [{ dims: [2, 3, 4] }, { constant: [0, -1], dims: [2], dataType: 'int64' }] },
    { name: 'to a scalar', inputs: [{ dims: [1, 1] }, { constant: [], dims: [0], dataType: 'int64' }] },
    { name: 'zeros are copied with allowzero 0', attributes: { allowzero: int(0) }, inputs: [{ dims: [2, 3, 4] }, { constant: [2, 0, 2, 2], dims: [4], dataType: 'int64' }] },
    { name: 'allowzero 1', attributes: { allowzero: int(1) }, inputs: [{ dims: [2, 6] }, { constant: [3, 4], dims: [2], dataType: 'int64' }] },
  ],
})
