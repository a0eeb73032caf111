import { defineGradient } from '../define-gradient.ts'
import { keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = sum x; every element receives dy. Operator sets 1 to 13. */
export default defineGradient({
  op: 'ReduceSum',
  gradient: [
    (c) => c.emit.expand(keptGradient(c), c.input(0).dims),
  ],
  samples: reduceSamples(),
})
