import { defineGradient } from '../define-gradient.ts'
import { maskAbove } from '../lowering/mask.ts'

/** y = max(x, 0); dx = dy [y > 0], 0 at the kink. Read from y, so that the forward pass may fuse Conv and Relu. Operator sets 6 to 14. */
export default defineGradient({
  op: 'Relu',
  gradient: [(c) => c.emit.mul(c.dy(), maskAbove(c.emit, c.output(0), 0))],
  samples: [{ name: 'both sides of 0', inputs: [{ dims: [2, 3, 4, 4], awayFrom: [0] }] }],
})
