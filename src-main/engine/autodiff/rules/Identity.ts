import { defineGradient } from '../define-gradient.ts'

/** y = x. Operator sets 1 to 23. */
export default defineGradient({
  op: 'Identity',
  gradient: [(c) => c.dy()],
  samples: [{ name: 'any', inputs: [{ dims: [2, 3] }] }],
})
