import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = x + bias where x < -lambd, x - bias where x > lambd, else 0. Soft and hard shrinkage. Operator set 9. */
export default defineGradient({
  op: 'Shrink',
  gradient: [(c) => c.emit.gate(c.dy(), c.emit.greater(c.emit.abs(c.input(0)), floatOf(c.node, 'lambd', 0.5)))],
  samples: [
    { name: 'hard', inputs: [{ dims: [2, 3, 4], awayFrom: [-0.5, 0.5] }] },
    { name: 'soft', attributes: { lambd: float(0.3), bias: float(0.3) }, inputs: [{ dims: [2, 3, 4], awayFrom: [-0.3, 0.3] }] },
  ],
})
