import { defineGradient } from '../define-gradient.ts'
import { keepAxes, keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = ln(sum e^x); dx = dy e^(x - y). Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceLogSumExp',
  gradient: [
    (c) => c.emit.mul(keptGradient(c), c.emit.exp(c.emit.sub(c.input(0), keepAxes(c, c.output(0))))),
  ],
  samples: reduceSamples([-2, 2]),
})
