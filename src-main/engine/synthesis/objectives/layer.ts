import { defineObjective, meanOverPositions } from '../define-objective.ts'

/** Mean square of everything in the layer: more of whatever it sees already (Mordvintsev et al. 2015, "Inceptionism"). */
export default defineObjective({
  id: 'layer', title: 'Layer', takesUnit: false,
  build: (emit, { value }) => meanOverPositions(emit, emit.mul(value, value)),
})
