import { defineGradient } from '../define-gradient.ts'

/** y = acosh x; dx = dy / sqrt(x^2 - 1). Operator sets 9 to 22. */
export default defineGradient({
  op: 'Acosh',
  gradient: [(c) => c.emit.div(c.dy(), c.emit.sqrt(c.emit.sub(c.emit.mul(c.input(0), c.input(0)), 1)))],
  samples: [{ name: 'above 1', inputs: [{ dims: [2, 3], range: [1.3, 4] }] }],
})
