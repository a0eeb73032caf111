import { defineObjective } from '../define-objective.ts'
import type { Value } from '../../autodiff/emit.ts'

/** Neighbors at most so far apart are kept alike, each farther one half as much. */
const [reach, decay] = [4, 2]
const tiny = 1e-12

/**
 * Neighboring pictures of a batch alike in a layer, so that a row of them does not jump (Lucid's alignment): minus the sum over neighbors at distance d of
 * 2^-d |x_i - x_(i+d)|^2 / ((|x_i|^2 + |x_(i+d)|^2) / 2). In sizes of the activations, unlike Lucid's: 0 where they are equal, 2 where they have nothing in common.
 */
export default defineObjective({
  id: 'alignment', title: 'Alignment', summary: 'Keeps neighboring pictures of a row alike', about: 'layer', at: 'behind', needsBatch: true, restrains: true,
  build({ emit, layer }) {
    const { value } = layer()
    const batch = value.dims[0] ?? 1
    const flat = emit.reshape(value, [batch, value.dims.slice(1).reduce((product, dim) => product * dim, 1)])
    const squared = (of: Value): Value => emit.reduceSum(emit.mul(of, of), [1], true)
    const sizes = squared(flat)
    const terms: Value[] = []
    for (let distance = 1; distance <= Math.min(reach, batch - 1); distance++) {
      const pair = (of: Value): readonly [Value, Value] => [emit.slice(of, [distance], [batch], [0]), emit.slice(of, [0], [batch - distance], [0])]
      const [later, earlier] = pair(flat)
      const [one, other] = pair(sizes)
      const share = emit.div(squared(emit.sub(later, earlier)), emit.add(emit.mul(emit.add(one, other), 0.5), tiny))
      terms.push(emit.mul(emit.reduceSum(share), -1 / decay ** distance))
    }
    return terms.reduce((sum, term) => emit.add(sum, term))
  },
})
