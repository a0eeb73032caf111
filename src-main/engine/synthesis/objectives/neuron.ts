import { alongUnits, defineObjective, spatialAxes } from '../define-objective.ts'

/** One channel at one place: what this neuron responds to (Erhan et al. 2009; Olah et al. 2017). */
export default defineObjective({
  id: 'neuron', title: 'Neuron', summary: 'One feature map at one place, the middle unless said', about: 'layer', at: 'before', selects: 'unit',
  build({ emit, layer, selector, position }) {
    const of = layer()
    const axes = spatialAxes(of)
    const at = axes.map((axis, index) => position?.[index] ?? Math.floor((of.value.dims[axis] ?? 1) / 2))
    const value = axes.length === 0 ? of.value : emit.slice(of.value, at, at.map((place) => place + 1), axes)
    return emit.reduceSum(emit.mul(value, alongUnits(emit, { ...of, value }, selector())))
  },
})
