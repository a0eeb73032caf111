import { defineGradient } from '../define-gradient.ts'

/** The same elements with axes of length 1 put in. Operator sets 1 to 23. */
export default defineGradient({
  op: 'Unsqueeze',
  gradient: [(c) => c.emit.reshape(c.dy(), c.input(0).dims)],
  samples: [
    { name: 'one axis', inputs: [{ dims: [2, 3] }, { constant: [1], dims: [1], dataType: 'int64' }] },
    { name: 'several, negative', inputs: [{ dims: [2, 3] }, { constant: [0, -1], dims: [2], dataType: 'int64' }] },
  ],
})
