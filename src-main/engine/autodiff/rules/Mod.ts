import { int } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/**
 * y = a - b trunc(a / b) (fmod, the only mode of floats); da = dy, db = -dy trunc(a / b) = dy (y - a) / b. Operator sets 10 to 13.
 */
export default defineGradient({
  op: 'Mod',
  gradient: [
    (c) => c.dy(),
    (c) => c.emit.div(c.emit.mul(c.dy(), c.emit.sub(c.output(0), c.input(0))), c.input(1)),
  ],
  samples: [
    { name: 'quotients between whole numbers', attributes: { fmod: int(1) }, inputs: [{ dims: [6, 1], range: [2.2, 2.8] }, { dims: [3], range: [0.9, 1.05] }] },
    { name: 'negative dividend', attributes: { fmod: int(1) }, inputs: [{ dims: [6], range: [-1.8, -1.2] }, { dims: [], range: [0.9, 1.1] }] },
  ],
})
