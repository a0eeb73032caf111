import { defineGradient } from '../define-gradient.ts'

/** y = tan x; dx = dy (1 + y^2). Operator sets 7 to 22. */
export default defineGradient({
  op: 'Tan',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.add(c.emit.mul(c.output(0), c.output(0)), 1))],
  samples: [{ name: 'between the poles', inputs: [{ dims: [2, 3] }] }],
})
