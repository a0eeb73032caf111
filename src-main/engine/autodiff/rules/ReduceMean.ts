import { elementCount } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'
import { keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = sum x / n; every element receives dy / n. Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceMean',
  gradient: [
    (c) => {
      const [x, dy] = [c.input(0), keptGradient(c)]
      return c.emit.expand(c.emit.mul(dy, elementCount(dy.dims) / elementCount(x.dims)), x.dims)
    },
  ],
  samples: reduceSamples(),
})
