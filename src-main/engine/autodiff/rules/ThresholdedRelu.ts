import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = x where x > alpha, else 0. Operator sets 10 to 22. */
export default defineGradient({
  op: 'ThresholdedRelu',
  gradient: [(c) => c.emit.gate(c.dy(), c.emit.greater(c.input(0), floatOf(c.node, 'alpha', 1)))],
  samples: [
    { name: 'default threshold', inputs: [{ dims: [2, 3, 4], range: [-2, 2], awayFrom: [1] }] },
    { name: 'negative threshold', attributes: { alpha: float(-0.5) }, inputs: [{ dims: [2, 3, 4], range: [-2, 2], awayFrom: [-0.5] }] },
  ],
})
