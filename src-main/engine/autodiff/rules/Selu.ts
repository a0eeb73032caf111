import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = gamma x where x > 0, else gamma alpha (e^x - 1), whose derivative is y + gamma alpha. Klambauer et al. 2017, arXiv:1706.02515. Operator sets 6 to 22. */
export default defineGradient({
  op: 'Selu',
  gradient: [
    (c) => {
      const { emit } = c
      const x = c.input(0)
      const alpha = floatOf(c.node, 'alpha', 1.6732632423543772)
      const gamma = floatOf(c.node, 'gamma', 1.0507009873554805)
      return emit.mul(c.dy(), emit.where(emit.greater(x, 0), emit.scalar(gamma, x.dataType), emit.add(c.output(0), gamma * alpha)))
    },
  ],
  samples: [
    { name: 'defaults', inputs: [{ dims: [2, 3, 4], range: [-2, 2], awayFrom: [0] }] },
    { name: 'alpha 1.2, gamma 0.7', attributes: { alpha: float(1.2), gamma: float(0.7) }, inputs: [{ dims: [2, 3], range: [-2, 2], awayFrom: [0] }] },
  ],
})
