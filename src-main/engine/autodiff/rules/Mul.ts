import { defineGradient } from '../define-gradient.ts'

/** y = a b. Operator sets 7 to 14. */
export default defineGradient({
  op: 'Mul',
  gradient: [(c) => c.emit.mul(c.dy(), c.input(1)), (c) => c.emit.mul(c.dy(), c.input(0))],
  samples: [
    { name: 'same shape', inputs: [{ dims: [2, 3] }, { dims: [2, 3] }] },
    { name: 'squeeze-and-excitation scale', inputs: [{ dims: [2, 3, 4, 5] }, { dims: [2, 3, 1, 1] }] },
    { name: 'scalar first', inputs: [{ dims: [] }, { dims: [2, 3] }] },
    { name: 'both operands broadcast', inputs: [{ dims: [4, 1, 3] }, { dims: [5, 1] }] },
  ],
})
