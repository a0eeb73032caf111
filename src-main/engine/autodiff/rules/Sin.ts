import { defineGradient } from '../define-gradient.ts'

/** y = sin x; dx = dy cos x. Operator sets 7 to 22. */
export default defineGradient({
  op: 'Sin',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.cos(c.input(0)))],
  samples: [{ name: 'more than a period', inputs: [{ dims: [2, 8], range: [-5, 5] }] }],
})
