import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = max(0, x) + min(0, alpha (e^(x/alpha) - 1)); where x <= 0 the derivative is y/alpha + 1. Operator set 12. */
export default defineGradient({
  op: 'Celu',
  gradient: [
    (c) => {
      const { emit } = c
      const x = c.input(0)
      const below = emit.add(emit.mul(c.output(0), 1 / floatOf(c.node, 'alpha', 1)), 1)
      return emit.mul(c.dy(), emit.where(emit.greater(x, 0), emit.scalar(1, x.dataType), below))
    },
  ],
  samples: [
    { name: 'default alpha', inputs: [{ dims: [2, 3, 4], range: [-2, 2], awayFrom: [0] }] },
    { name: 'alpha 1.7', attributes: { alpha: float(1.7) }, inputs: [{ dims: [2, 3], range: [-2, 2], awayFrom: [0] }] },
  ],
})
