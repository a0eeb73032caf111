import { ints } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** Writes x to flat positions of a larger tensor of zeros; dx reads dy there. Operator sets 9 to 22. */
export default defineGradient({
  op: 'MaxUnpool',
  gradient: [(c) => c.emit.gather(c.emit.reshape(c.dy(), [-1]), c.input(1), 0)],
  samples: [
    { name: 'inferred size', attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, inputs: [{ dims: [1, 1, 2, 2] }, { constant: [1, 6, 8, 15], dims: [1, 1, 2, 2], dataType: 'int64' }] },
    { name: 'given size', attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }, inputs: [{ dims: [1, 1, 2, 2] }, { constant: [1, 6, 12, 24], dims: [1, 1, 2, 2], dataType: 'int64' }, { constant: [1, 1, 5, 5], dims: [4], dataType: 'int64' }] },
  ],
})
