import { defineGradient } from '../define-gradient.ts'

/** y = ln x; dx = dy / x. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Log',
  gradient: [(c) => c.emit.div(c.dy(), c.input(0))],
  samples: [{ name: 'positive', inputs: [{ dims: [2, 3], range: [0.3, 3] }] }],
})
