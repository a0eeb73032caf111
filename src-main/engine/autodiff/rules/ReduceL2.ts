import { defineGradient } from '../define-gradient.ts'
import { keepAxes, keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = sqrt(sum x^2); dx = dy x / y, 0 where y = 0, as in PyTorch. Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceL2',
  gradient: [
    (c) => {
      const { emit } = c
      const norm = keepAxes(c, c.output(0))
      const safe = emit.where(emit.equal(norm, 0), emit.scalar(1, norm.dataType), norm)
      return emit.mul(c.input(0), emit.div(keptGradient(c), safe))
    },
  ],
  samples: [
    ...reduceSamples([0.1, 1]),
    { name: 'both signs', inputs: [{ dims: [2, 4], awayFrom: [0] }, { constant: [1], dims: [1], dataType: 'int64' }] },
  ],
})
