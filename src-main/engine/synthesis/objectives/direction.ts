import { cosineWeighted } from '../cosine.ts'
import { alongUnits, defineObjective, positionsOf, unitAxis } from '../define-objective.ts'

/** A direction in the space of a layer's channels, at every place (Olah et al. 2017, "The Space of Activations"; Carter et al. 2019). */
export default defineObjective({
  id: 'direction', title: 'Direction', summary: 'A mixture of feature maps', about: 'layer', at: 'before', selects: 'direction',
  build({ emit, layer, selector, power }) {
    const of = layer()
    const along = cosineWeighted(emit, of.value, alongUnits(emit, of, selector()), [unitAxis(of)], power ?? 0)
    return emit.mul(emit.reduceSum(along), 1 / positionsOf(of))
  },
})
