import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = x s with s = sigmoid(alpha x); slope s (1 + alpha x (1 - s)). Operator set 24. */
export default defineGradient({
  op: 'Swish',
  gradient: [
    (c) => {
      const { emit } = c
      const scaled = emit.mul(c.input(0), floatOf(c.node, 'alpha', 1))
      const s = emit.sigmoid(scaled)
      return emit.mul(c.dy(), emit.mul(s, emit.add(emit.mul(scaled, emit.oneMinus(s)), 1)))
    },
  ],
  samples: [
    { name: 'default alpha', opset: 24, inputs: [{ dims: [2, 3, 4], range: [-4, 4] }] },
    { name: 'alpha 1.702', opset: 24, attributes: { alpha: float(1.702) }, inputs: [{ dims: [2, 3, 4], range: [-4, 4] }] },
  ],
})
