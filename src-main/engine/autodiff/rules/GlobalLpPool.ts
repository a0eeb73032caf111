/** y = (sum of |x|^p over each map)^(1/p). Operator set 2 and later. */
import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { lpInputFactor, lpOutputFactor } from '../lowering/lp-pool.ts'

export default defineGradient({
  op: 'GlobalLpPool',
  gradient: [
    ({ emit, node, input, output, dy }) => {
      const p = intOf(node, 'p', 2)
      return emit.mul(lpInputFactor(emit, input(0), p), lpOutputFactor(emit, dy(), output(0), p))
    },
  ],
  samples: [
    { name: 'p 2', inputs: [{ dims: [2, 3, 4, 5] }] },
    { name: 'p 1', inputs: [{ dims: [2, 3, 6], awayFrom: [0] }], attributes: { p: int(1) } },
    { name: 'p 3', inputs: [{ dims: [1, 2, 3, 4], awayFrom: [0] }], attributes: { p: int(3) } },
  ],
})
