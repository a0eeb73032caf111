import { defineGradient } from '../define-gradient.ts'

/** y = asin x; dx = dy / sqrt(1 - x^2). Operator sets 7 to 22. */
export default defineGradient({
  op: 'Asin',
  gradient: [(c) => c.emit.div(c.dy(), c.emit.sqrt(c.emit.oneMinus(c.emit.mul(c.input(0), c.input(0)))))],
  samples: [{ name: 'inside (-1, 1)', inputs: [{ dims: [2, 3], range: [-0.8, 0.8] }] }],
})
