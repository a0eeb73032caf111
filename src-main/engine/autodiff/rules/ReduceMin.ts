import { defineGradient } from '../define-gradient.ts'
import { keepAxes, keptGradient, reducedAxes } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** The smallest element takes the gradient; elements that tie share it evenly, as in PyTorch's amin. Operator sets 1 to 20. */
export default defineGradient({
  op: 'ReduceMin',
  gradient: [
    (c) => {
      const { emit } = c
      const hits = emit.cast(emit.equal(c.input(0), keepAxes(c, c.output(0))), c.dy().dataType)
      const ties = emit.reduceSum(hits, reducedAxes(c), true)
      return emit.mul(hits, emit.div(keptGradient(c), ties))
    },
  ],
  samples: reduceSamples([-1, 1], true),
})
