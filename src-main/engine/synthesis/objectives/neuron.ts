import { defineObjective, unitAxis, unitOf } from '../define-objective.ts'

/** One channel at one place: what this neuron responds to (Erhan et al. 2009; Olah et al. 2017). */
export default defineObjective({
  id: 'neuron', title: 'Neuron', takesUnit: true,
  build(emit, target) {
    const unit = unitOf(emit, target)
    const spatial = unit.dims.map((_, axis) => axis).filter((axis) => axis > 0 && axis !== unitAxis(target))
    const at = spatial.map((axis, index) => target.position?.[index] ?? Math.floor((unit.dims[axis] ?? 1) / 2))
    return emit.reduceSum(spatial.length === 0 ? unit : emit.slice(unit, at, at.map((place) => place + 1), spatial))
  },
})
