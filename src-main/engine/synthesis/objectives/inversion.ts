import { defineObjective } from '../define-objective.ts'

/**
 * What a layer still knows of a picture: minus |f(x) - f(x0)|^2 / |f(x0)|^2 (Mahendran and Vedaldi 2015, arXiv:1412.0035, eq. 3). Held still, since what was seen of
 * the given picture did not move, and smooth by its total variation (eq. 5); in sizes of the layer both are alike for all layers.
 */
export default defineObjective({
  id: 'inversion', title: 'Feature inversion', summary: 'A picture that the layer cannot tell from the given one', about: 'layer', at: 'behind', takesPicture: true,
  usual: { transforms: {}, penalties: [{ id: 'total-variation', weight: 1 }] },
  build({ emit, layer, reference }) {
    const difference = emit.sub(layer().value, reference())
    const size = emit.add(emit.reduceSum(emit.mul(reference(), reference())), 1e-12)
    return emit.neg(emit.div(emit.reduceSum(emit.mul(difference, difference)), size))
  },
})
