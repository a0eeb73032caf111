import { defineGradient } from '../define-gradient.ts'

/** dx = dy (1 - y^2). Operator sets 6 to 13. */
export default defineGradient({
  op: 'Tanh',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.oneMinus(c.emit.mul(c.output(0), c.output(0))))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3, 4], range: [-3, 3] }] }],
})
