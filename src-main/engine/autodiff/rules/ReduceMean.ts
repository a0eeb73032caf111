import { elementCount } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'
import { fillMap } from '../lowering/blocked-layout.ts'
import { keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = sum x / n; every element receives dy / n. Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceMean',
  gradient: [
    (c) => {
      const [x, dy] = [c.input(0), keptGradient(c)]
      return fillMap(c.emit, dy, x.dims, elementCount(dy.dims) / elementCount(x.dims))
    },
  ],
  samples: reduceSamples(),
})
