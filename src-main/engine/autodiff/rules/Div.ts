import { defineGradient } from '../define-gradient.ts'

/** y = a / b; da = dy / b, db = -dy y / b. Operator sets 7 to 14. */
export default defineGradient({
  op: 'Div',
  gradient: [
    (c) => c.emit.div(c.dy(), c.input(1)),
    (c) => c.emit.neg(c.emit.div(c.emit.mul(c.dy(), c.output(0)), c.input(1))),
  ],
  samples: [
    { name: 'same shape', inputs: [{ dims: [2, 3] }, { dims: [2, 3], range: [0.5, 2] }] },
    { name: 'per-channel deviation', inputs: [{ dims: [2, 3, 4, 5] }, { dims: [1, 3, 1, 1], range: [-2, -0.5] }] },
    { name: 'scalar first', inputs: [{ dims: [] }, { dims: [2, 3], range: [0.5, 2] }] },
    { name: 'both operands broadcast', inputs: [{ dims: [4, 1, 3] }, { dims: [5, 1], range: [0.5, 2] }] },
  ],
})
