import { defineGradient } from '../define-gradient.ts'

/** y = -x. Operator sets 1 to 13. */
export default defineGradient({
  op: 'Neg',
  gradient: [(c) => c.emit.neg(c.dy())],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3] }] }],
})
