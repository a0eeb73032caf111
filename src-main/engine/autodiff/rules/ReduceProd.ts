import { defineGradient } from '../define-gradient.ts'
import { keptGradient, reducedAxes } from '../reduced-axes.ts'
import { reduceSamples } from '../reduce-samples.ts'

/** y = prod x; dx_i = dy times the product of the others, which stays right where an element is 0. Operator sets 1 to 18. */
export default defineGradient({
  op: 'ReduceProd',
  gradient: [
    (c) => {
      const { emit } = c
      const [x, axes] = [c.input(0), reducedAxes(c)]
      const isZero = emit.equal(x, 0)
      const safe = emit.where(isZero, emit.scalar(1, x.dataType), x)
      const zeros = emit.reduceSum(emit.cast(isZero, x.dataType), axes, true)
      // The others contain a zero unless this is the only one (or there is none).
      const survives = emit.equal(zeros, emit.cast(isZero, x.dataType))
      return emit.gate(emit.div(emit.mul(keptGradient(c), emit.reduceProd(safe, axes, true)), safe), survives)
    },
  ],
  samples: [
    ...reduceSamples([0.5, 1.5]),
    { name: 'signs', inputs: [{ dims: [2, 4], awayFrom: [0] }, { constant: [1], dims: [1], dataType: 'int64' }] },
  ],
})
