import { alongUnits, defineObjective, positionsOf } from '../define-objective.ts'

/** Mean of one channel over its map: what it responds to wherever it stands (Olah et al. 2017). */
export default defineObjective({
  id: 'channel', title: 'Channel', summary: 'One feature map, wherever it responds', about: 'layer', at: 'before', selects: 'unit',
  build({ emit, layer, selector }) {
    const of = layer()
    return emit.mul(emit.reduceSum(emit.mul(of.value, alongUnits(emit, of, selector()))), 1 / positionsOf(of))
  },
})
