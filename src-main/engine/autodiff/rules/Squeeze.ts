import { defineGradient } from '../define-gradient.ts'

/** The same elements without axes of length 1. Operator sets 1 to 23. */
export default defineGradient({
  op: 'Squeeze',
  gradient: [(c) => c.emit.reshape(c.dy(), c.input(0).dims)],
  samples: [
    { name: 'all axes', inputs: [{ dims: [1, 3, 1, 4] }] },
    { name: 'one axis', inputs: [{ dims: [1, 3, 1, 4] }, { constant: [2], dims: [1], dataType: 'int64' }] },
    { name: 'negative axes', inputs: [{ dims: [2, 3, 1, 1] }, { constant: [-1, -2], dims: [2], dataType: 'int64' }] },
  ],
})
