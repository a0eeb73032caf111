import { defineObjective, flattened } from '../define-objective.ts'

/**
 * Pictures of a batch unlike each other in their styles: minus the mean over pictures of the cosines of their Gram matrices, C = sum over j of
 * <G_i, G_j> / (|G_i| |G_j|) (Olah et al. 2017, "Diversity"). Taken before the activation: behind it a picture that silences the layer would be unlike all
 * others, and nothing else. And about the mean over positions, as covariances: what channels have at every position they have in every picture, all cosines
 * would be near 1, and a picture that excites nothing the cheapest way to lower them.
 */
export default defineObjective({
  id: 'diversity', title: 'Diversity', summary: 'Makes the pictures of a set unlike each other', about: 'layer', at: 'before', needsBatch: true, restrains: true,
  build({ emit, layer }) {
    const values = flattened(emit, layer())
    const flat = emit.sub(values, emit.reduceMean(values, [2], true))
    const [batch = 1, units = 1] = flat.dims
    const grams = emit.reshape(emit.matMul(flat, emit.transpose(flat, [0, 2, 1])), [batch, units * units])
    const lengths = emit.sqrt(emit.add(emit.reduceSum(emit.mul(grams, grams), [1], true), 1e-12))
    const unit = emit.div(grams, lengths)
    const cosines = emit.matMul(unit, emit.transpose(unit, [1, 0]))
    // The diagonal is each with itself: always 1, and without a slope.
    return emit.mul(emit.sub(emit.reduceSum(cosines), batch), -1 / batch)
  },
})
