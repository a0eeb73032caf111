import { defineGradient } from '../define-gradient.ts'

/** y = e^x; dx = dy y. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Exp',
  gradient: [(c) => c.emit.mul(c.dy(), c.output(0))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3], range: [-2, 2] }] }],
})
