import { cosineWeighted } from '../cosine.ts'
import { defineObjective } from '../define-objective.ts'

/** More of what a layer finds in a picture: the dot product with its activations, times their cosine to a power (Carter et al. 2019; Lucid's "Feature Caricatures"). */
export default defineObjective({
  id: 'caricature', title: 'Caricature', summary: 'The given picture with what the layer finds in it exaggerated', about: 'layer', at: 'behind', takesPicture: true,
  build({ emit, layer, reference, power }) {
    const { value } = layer()
    const axes = value.dims.map((_, axis) => axis).slice(1)
    const elements = axes.reduce((product, axis) => product * (value.dims[axis] ?? 1), 1)
    return emit.mul(emit.reduceSum(cosineWeighted(emit, value, reference(), axes, power ?? 1)), 1 / elements)
  },
})
