import { defineGradient } from '../define-gradient.ts'
import { keptGradient, reducedAxes } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = ln(sum x); dx = dy / sum x. Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceLogSum',
  gradient: [
    (c) => c.emit.expand(c.emit.div(keptGradient(c), c.emit.reduceSum(c.input(0), reducedAxes(c), true)), c.input(0).dims),
  ],
  samples: reduceSamples([0.3, 2]),
})
