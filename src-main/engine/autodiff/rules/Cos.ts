import { defineGradient } from '../define-gradient.ts'

/** y = cos x; dx = -dy sin x. Operator sets 7 to 22. */
export default defineGradient({
  op: 'Cos',
  gradient: [(c) => c.emit.neg(c.emit.mul(c.dy(), c.emit.sin(c.input(0))))],
  samples: [{ name: 'more than a period', inputs: [{ dims: [2, 8], range: [-5, 5] }] }],
})
