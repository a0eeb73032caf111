import { defineGradient } from '../define-gradient.ts'

/** y = sqrt x; dx = dy / 2y. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Sqrt',
  gradient: [(c) => c.emit.div(c.emit.mul(c.dy(), 0.5), c.output(0))],
  samples: [{ name: 'positive', inputs: [{ dims: [2, 3], range: [0.3, 3] }] }],
})
