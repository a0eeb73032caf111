import { defineGradient } from '../define-gradient.ts'

/** y = sinh x; dx = dy cosh x. Operator sets 9 to 22. */
export default defineGradient({
  op: 'Sinh',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.cosh(c.input(0)))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3], range: [-2, 2] }] }],
})
