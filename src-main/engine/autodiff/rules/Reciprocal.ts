import { defineGradient } from '../define-gradient.ts'

/** y = 1 / x; dx = -dy y^2. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Reciprocal',
  gradient: [(c) => c.emit.neg(c.emit.mul(c.dy(), c.emit.mul(c.output(0), c.output(0))))],
  samples: [
    { name: 'positive', inputs: [{ dims: [2, 3], range: [0.5, 3] }] },
    { name: 'negative', inputs: [{ dims: [2, 3], range: [-3, -0.5] }] },
  ],
})
