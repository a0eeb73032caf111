import { defineGradient } from '../define-gradient.ts'

/** y = erf x; dx = dy 2/sqrt(pi) e^(-x^2). Operator sets 9 to 13. */
export default defineGradient({
  op: 'Erf',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.mul(c.emit.exp(c.emit.neg(c.emit.mul(c.input(0), c.input(0)))), 2 / Math.sqrt(Math.PI)))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3], range: [-2, 2] }] }],
})
