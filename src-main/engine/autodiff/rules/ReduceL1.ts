import { defineGradient } from '../define-gradient.ts'
import { keptGradient } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = sum |x|; dx = dy sign(x). Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceL1',
  gradient: [
    (c) => c.emit.mul(keptGradient(c), c.emit.sign(c.input(0))),
  ],
  samples: [
    ...reduceSamples([0.1, 1]),
    { name: 'both signs', inputs: [{ dims: [2, 4], awayFrom: [0] }, { constant: [1], dims: [1], dataType: 'int64' }] },
  ],
})
