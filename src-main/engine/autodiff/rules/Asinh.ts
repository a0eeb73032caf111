import { defineGradient } from '../define-gradient.ts'

/** y = asinh x; dx = dy / sqrt(x^2 + 1). Operator sets 9 to 22. */
export default defineGradient({
  op: 'Asinh',
  gradient: [(c) => c.emit.div(c.dy(), c.emit.sqrt(c.emit.add(c.emit.mul(c.input(0), c.input(0)), 1)))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3], range: [-3, 3] }] }],
})
