import { defineGradient } from '../define-gradient.ts'

/** y = ln(1 + e^x); dx = dy sigmoid(x). Operator sets 1 to 22. */
export default defineGradient({
  op: 'Softplus',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.sigmoid(c.input(0)))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3, 4], range: [-4, 4] }] }],
})
