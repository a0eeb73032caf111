import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y = x where x > 0, else alpha x. Read from y where that has the sign of x, so that Conv and LeakyRelu may fuse. Operator sets 6 to 16. */
export default defineGradient({
  op: 'LeakyRelu',
  gradient: [
    (c) => {
      const alpha = floatOf(c.node, 'alpha', 0.01)
      const positive = c.emit.greater(alpha > 0 ? c.output(0) : c.input(0), 0)
      return c.emit.mul(c.dy(), c.emit.where(positive, c.emit.scalar(1, c.dy().dataType), alpha))
    },
  ],
  samples: [
    { name: 'default slope', inputs: [{ dims: [2, 3, 4, 4], awayFrom: [0] }] },
    { name: 'slope 0.2', attributes: { alpha: float(0.2) }, inputs: [{ dims: [2, 3], awayFrom: [0] }] },
    { name: 'slope 0', attributes: { alpha: float(0) }, inputs: [{ dims: [2, 3], awayFrom: [0] }] },
    { name: 'negative slope', attributes: { alpha: float(-0.5) }, inputs: [{ dims: [2, 3], awayFrom: [0] }] },
  ],
})
