import { defineGradient } from '../define-gradient.ts'

/** d|x|/dx = sign(x), 0 at 0. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Abs',
  gradient: [(c) => c.emit.mul(c.dy(), c.emit.sign(c.input(0)))],
  samples: [{ name: 'both signs', inputs: [{ dims: [2, 3, 4], awayFrom: [0] }] }],
})
