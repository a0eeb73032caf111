import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = max(0, min(1, alpha x + beta)); dx = dy alpha [0 < y < 1], as in PyTorch. Operator sets 6 to 22. */
export default defineGradient({
  op: 'HardSigmoid',
  gradient: [
    (c) => {
      const { emit } = c
      const inside = emit.and(emit.greater(c.output(0), 0), emit.less(c.output(0), 1))
      return emit.mul(emit.gate(c.dy(), inside), floatOf(c.node, 'alpha', 0.2))
    },
  ],
  samples: [
    { name: 'defaults', inputs: [{ dims: [2, 3, 4], range: [-4, 4], awayFrom: [-2.5, 2.5] }] },
    { name: 'alpha 1/6 (PyTorch)', attributes: { alpha: float(1 / 6), beta: float(0.5) }, inputs: [{ dims: [2, 3, 4], range: [-4, 4], awayFrom: [-3, 3] }] },
    { name: 'falling', attributes: { alpha: float(-0.5), beta: float(0.25) }, inputs: [{ dims: [2, 3, 4], range: [-3, 3], awayFrom: [-1.5, 0.5] }] },
  ],
})
