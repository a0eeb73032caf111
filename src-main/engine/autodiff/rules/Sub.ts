import { defineGradient } from '../define-gradient.ts'

/** y = a - b. Operator sets 7 to 14. */
export default defineGradient({
  op: 'Sub',
  gradient: [(c) => c.dy(), (c) => c.emit.neg(c.dy())],
  samples: [
    { name: 'same shape', inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
    { name: 'per-channel mean', inputs: [{ dims: [2, 3, 4, 5] }, { dims: [1, 3, 1, 1] }] },
    { name: 'scalar first', inputs: [{ dims: [] }, { dims: [2, 3] }] },
    { name: 'both operands broadcast', inputs: [{ dims: [4, 1, 3] }, { dims: [5, 1] }] },
  ],
})
