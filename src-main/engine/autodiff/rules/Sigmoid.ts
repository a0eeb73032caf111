import { defineGradient } from '../define-gradient.ts'

/** dx = dy y (1 - y). Operator sets 6 to 13. */
export default defineGradient({
  op: 'Sigmoid',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.mul(c.output(0), c.emit.oneMinus(c.output(0))))],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3, 4], range: [-4, 4] }] }],
})
