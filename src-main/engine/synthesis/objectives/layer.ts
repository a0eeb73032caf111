import { defineObjective, meanOfEach } from '../define-objective.ts'

/** Mean square of everything in the layer: more of whatever it sees already (Mordvintsev et al. 2015, "Inceptionism"). */
export default defineObjective({
  id: 'layer', title: 'Layer', summary: 'The whole layer: more of what it sees already', about: 'layer', at: 'behind',
  build({ emit, layer }) {
    const { value } = layer()
    return meanOfEach(emit, emit.mul(value, value))
  },
})
