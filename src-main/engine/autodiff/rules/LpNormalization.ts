/** y = x / |x|_p along an axis, p 1 or 2: dx = (dy - n sum(dy y)) / |x|_p, with n = y for p 2 and sign(x) for p 1. Operator set 1 and later. */
import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** Below this norm the operator returns zeros; dividing by it would not. */
const smallest = 1e-30

export default defineGradient({
  op: 'LpNormalization',
  gradient: [
    ({ emit, node, input, output, dy }) => {
      const axes = [intOf(node, 'axis', -1)]
      const x = input(0)
      const y = output(0)
      const absolute = intOf(node, 'p', 2) === 1
      const norm = absolute ? emit.reduceSum(emit.abs(x), axes, true) : emit.sqrt(emit.reduceSum(emit.mul(x, x), axes, true))
      const along = emit.mul(absolute ? emit.sign(x) : y, emit.reduceSum(emit.mul(dy(), y), axes, true))
      return emit.div(emit.sub(dy(), along), emit.max(norm, smallest))
    },
  ],
  samples: [
    { name: 'p 2, last axis', inputs: [{ dims: [3, 5] }] },
    { name: 'p 2, channels', inputs: [{ dims: [2, 4, 3] }], attributes: { axis: int(1) } },
    { name: 'p 1', inputs: [{ dims: [3, 5], awayFrom: [0] }], attributes: { p: int(1), axis: int(-1) } },
  ],
})
