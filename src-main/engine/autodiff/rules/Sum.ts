import { defineGradient } from '../define-gradient.ts'

/** y = sum of the operands. Operator sets 8 to 13. */
export default defineGradient({
  op: 'Sum',
  gradient: (c) => c.dy(),
  samples: [
    { name: 'one operand', inputs: [{ dims: [2, 3] }] },
    { name: 'three operands that broadcast', inputs: [{ dims: [2, 3, 4] }, { dims: [3, 1] }, { dims: [] }] },
  ],
})
