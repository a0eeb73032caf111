import { defineGradient } from '../define-gradient.ts'

/** y = cosh x; dx = dy sinh x. Operator sets 9 to 22. */
export default defineGradient({
  op: 'Cosh',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.sinh(c.input(0)))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3], range: [-2, 2] }] }],
})
