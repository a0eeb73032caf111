/** y = softmax(x) along an axis: dx = y (dy - sum(dy y)). Operator set 13 and later; the flattening of older sets is undone by the upgrade. */
import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

export default defineGradient({
  op: 'Softmax',
  gradient: [
    ({ emit, node, output, dy }) => {
      const y = output(0)
      const weighted = emit.mul(dy(), y)
      return emit.sub(weighted, emit.mul(y, emit.reduceSum(weighted, [intOf(node, 'axis', -1)], true)))
    },
  ],
  samples: [
    { name: 'last axis', inputs: [{ dims: [3, 5] }] },
    { name: 'channels', inputs: [{ dims: [2, 4, 3, 2] }], attributes: { axis: int(1) } },
    { name: 'negative axis', inputs: [{ dims: [2, 4, 3] }], attributes: { axis: int(-2) } },
    { name: 'flattened from axis 1 (operator set 11)', inputs: [{ dims: [2, 3, 2] }], attributes: { axis: int(1) }, opset: 11 },
  ],
})
