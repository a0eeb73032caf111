import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = x where x > 0, else alpha (e^x - 1), whose derivative is y + alpha. Operator sets 6 to 22. */
export default defineGradient({
  op: 'Elu',
  gradient: [
    (c) => {
      const { emit } = c
      const x = c.input(0)
      return emit.mul(c.dy(), emit.where(emit.greater(x, 0), emit.scalar(1, x.dataType), emit.add(c.output(0), floatOf(c.node, 'alpha', 1))))
    },
  ],
  samples: [
    { name: 'default alpha', inputs: [{ dims: [2, 3, 4], range: [-2, 2], awayFrom: [0] }] },
    { name: 'alpha 1.7', attributes: { alpha: float(1.7) }, inputs: [{ dims: [2, 3], range: [-2, 2], awayFrom: [0] }] },
    { name: 'negative alpha', attributes: { alpha: float(-0.5) }, inputs: [{ dims: [2, 3], range: [-2, 2], awayFrom: [0] }] },
  ],
})
