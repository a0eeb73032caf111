import { ints, intsOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = x with axes permuted (reversed unless said); dx = dy permuted back. Operator sets 1 to 23. */
export default defineGradient({
  op: 'Transpose',
  gradient: [
    (c) => {
      const rank = c.input(0).dims.length
      const perm = intsOf(c.node, 'perm') ?? c.input(0).dims.map((_, axis) => rank - 1 - axis)
      return c.emit.transpose(c.dy(), perm.map((_, axis) => perm.indexOf(axis)))
    },
  ],
  samples: [
    { name: 'reversed', inputs: [{ dims: [2, 3, 4] }] },
    { name: 'a rotation of axes', attributes: { perm: ints([0, 2, 3, 1]) }, inputs: [{ dims: [2, 3, 4, 5] }] },
    { name: 'not its own inverse', attributes: { perm: ints([3, 0, 1, 2]) }, inputs: [{ dims: [2, 3, 4, 5] }] },
  ],
})
