/** y = (sum of |x|^p over a window)^(1/p). Operator set 2 and later. */
import { int, intOf, ints, string } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { spreadOverWindows } from '../lowering/average-pool.ts'
import { lpInputFactor, lpOutputFactor } from '../lowering/lp-pool.ts'
import { windowOf } from '../lowering/window.ts'

export default defineGradient({
  op: 'LpPool',
  gradient: [
    ({ emit, node, input, output, dy }) => {
      const p = intOf(node, 'p', 2)
      const extents = input(0).dims.slice(2)
      const spread = spreadOverWindows(emit, lpOutputFactor(emit, dy(), output(0), p), windowOf(node, extents), extents)
      return emit.mul(lpInputFactor(emit, input(0), p), spread)
    },
  ],
  samples: [
    { name: 'p 2', inputs: [{ dims: [2, 3, 6, 5] }], attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 1]) } },
    { name: 'p 1, pads', inputs: [{ dims: [1, 2, 5, 5], awayFrom: [0] }], attributes: { kernel_shape: ints([3, 3]), p: int(1), pads: ints([1, 0, 1, 1]) } },
    { name: 'p 3, SAME_UPPER', inputs: [{ dims: [1, 2, 5, 5], awayFrom: [0] }], attributes: { kernel_shape: ints([3, 2]), p: int(3), strides: ints([2, 2]), auto_pad: string('SAME_UPPER') } },
    { name: 'ceil_mode, dilations', inputs: [{ dims: [1, 2, 8, 7] }], attributes: { kernel_shape: ints([2, 2]), dilations: ints([2, 1]), strides: ints([2, 2]), ceil_mode: int(1) } },
    { name: '1-D', inputs: [{ dims: [2, 2, 7] }], attributes: { kernel_shape: ints([3]) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 4, 4, 3] }], attributes: { kernel_shape: ints([2, 2, 2]), strides: ints([2, 1, 1]) } },
  ],
})
