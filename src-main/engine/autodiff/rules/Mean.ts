import { defineGradient } from '../define-gradient.ts'

/** y = mean of the n operands; each receives dy / n. Operator sets 8 to 13. */
export default defineGradient({
  op: 'Mean',
  gradient: (c) => c.emit.mul(c.dy(), 1 / c.node.inputs.length),
  samples: [
    { name: 'one operand', inputs: [{ dims: [2, 3] }] },
    { name: 'three operands that broadcast', inputs: [{ dims: [2, 3, 4] }, { dims: [3, 1] }, { dims: [] }] },
  ],
})
