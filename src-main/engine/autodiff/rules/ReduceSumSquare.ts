import { defineGradient } from '../define-gradient.ts'
import { keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = sum x^2; dx = 2 x dy. Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceSumSquare',
  gradient: [
    (c) => c.emit.mul(c.input(0), c.emit.mul(keptGradient(c), 2)),
  ],
  samples: reduceSamples(),
})
