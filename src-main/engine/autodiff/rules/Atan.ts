import { defineGradient } from '../define-gradient.ts'

/** y = atan x; dx = dy / (1 + x^2). Operator sets 7 to 22. */
export default defineGradient({
  op: 'Atan',
  gradient: [(c) => c.emit.div(c.dy(), c.emit.add(c.emit.mul(c.input(0), c.input(0)), 1))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3], range: [-3, 3] }] }],
})
