import { defineObjective, meanOfEach } from '../define-objective.ts'
import type { Value } from '../../autodiff/emit.ts'

/** Neighbors at most so far apart are kept alike, each farther one half as much. */
const [reach, decay] = [4, 2]

/** Neighboring pictures of a batch alike in a layer, so that a row of them does not jump: minus the mean squared difference (Lucid's alignment). */
export default defineObjective({
  id: 'alignment', title: 'Alignment', summary: 'Keeps neighboring pictures of a row alike', about: 'layer', at: 'behind', needsBatch: true,
  build({ emit, layer }) {
    const { value } = layer()
    const batch = value.dims[0] ?? 1
    const terms: Value[] = []
    for (let distance = 1; distance <= Math.min(reach, batch - 1); distance++) {
      const difference = emit.sub(emit.slice(value, [distance], [batch], [0]), emit.slice(value, [0], [batch - distance], [0]))
      terms.push(emit.mul(meanOfEach(emit, emit.mul(difference, difference)), -1 / decay ** distance))
    }
    return terms.reduce((sum, term) => emit.add(sum, term))
  },
})
