/** y = x - log sum exp(x) along an axis: dx = dy - exp(y) sum(dy). Operator set 13 and later; the flattening of older sets is undone by the upgrade. */
import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

export default defineGradient({
  op: 'LogSoftmax',
  gradient: [({ emit, node, output, dy }) => emit.sub(dy(), emit.mul(emit.exp(output(0)), emit.reduceSum(dy(), [intOf(node, 'axis', -1)], true)))],
  samples: [
    { name: 'last axis', inputs: [{ dims: [3, 5] }] },
    { name: 'channels', inputs: [{ dims: [2, 4, 3, 2] }], attributes: { axis: int(1) } },
    { name: 'flattened from axis 1 (operator set 11)', inputs: [{ dims: [2, 3, 2] }], opset: 11 },
  ],
})
