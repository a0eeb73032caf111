import { int } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** The same elements as a matrix. Operator sets 1 to 23. */
export default defineGradient({
  op: 'Flatten',
  gradient: [(c) => c.emit.reshape(c.dy(), c.input(0).dims)],
  samples: [
    { name: 'default axis', inputs: [{ dims: [2, 3, 4] }] },
    { name: 'axis 0', attributes: { axis: int(0) }, inputs: [{ dims: [2, 3] }] },
    { name: 'axis 2', attributes: { axis: int(2) }, inputs: [{ dims: [2, 3, 4, 2] }] },
    { name: 'negative axis', attributes: { axis: int(-1) }, inputs: [{ dims: [2, 3, 4] }] },
  ],
})
