import { defineObjective } from '../define-objective.ts'

/** log p of a class, which grows with its probability and still has a slope where that is nearly 0 or 1: z_k - max z - log sum exp(z - max z). */
export default defineObjective({
  id: 'probability', title: 'Class probability', summary: 'The probability of a class, against all others', about: 'class', selects: 'unit',
  build({ emit, layer, selector }) {
    const logits = emit.reshape(layer().value, selector().dims)
    const shifted = emit.sub(logits, emit.reduceMax(logits, [1], true))
    return emit.reduceSum(emit.mul(emit.sub(shifted, emit.log(emit.reduceSum(emit.exp(shifted), [1], true))), selector()))
  },
})
