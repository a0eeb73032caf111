/**
 * Limited-memory BFGS in the graph itself (Nocedal and Wright 2006, algorithms 7.4 and 7.5), as torch.optim.LBFGS does it without a line search: one
 * evaluation a step, the first of length rate in the 1-norm. Every parameter has its own curvature; a pair without positive curvature counts for nothing.
 * Wants an objective that does not change between steps: transforms are best left out.
 */
import { invariant } from '#contract/errors.ts'
import type { Emit, Value } from '../../autodiff/emit.ts'
import { defineOptimiser } from '../define-optimiser.ts'

const history = 8
/** Of |s| |y|: below it rounding decides the sign. */
const leastCurvature = 1e-10
const ages = Array.from({ length: history }, (_, age) => age)

const dot = (emit: Emit, a: Value, b: Value): Value => emit.reduceSum(emit.mul(a, b))

export default defineOptimiser({
  id: 'lbfgs', title: 'L-BFGS', rate: 1,
  memory: { ...Object.fromEntries(ages.flatMap((age) => [[`s${age}`, 'like'], [`y${age}`, 'like']] as const)), gradient: 'like', moved: 'like', scale: 'scalar' },
  // 1 at the first step, which has no past.
  feeds: (t) => ({ beginning: t === 1 ? 1 : 0, going: t === 1 ? 0 : 1 }),
  build(emit, { parameter, gradient, rate, feeds: { beginning, going }, memory }) {
    const held = (name: string): Value => { const value = memory[name]; invariant(value, `L-BFGS has lost '${name}'`); return value }
    invariant(beginning && going, 'L-BFGS has lost its count')
    // Downhill on minus the objective.
    const slope = emit.neg(gradient)
    const s0 = held('moved')
    const y0 = emit.mul(emit.sub(slope, held('gradient')), going)
    const pairs = [{ s: s0, y: y0 }, ...ages.slice(0, -1).map((age) => ({ s: held(`s${age}`), y: held(`y${age}`) }))]
    const curvatures = pairs.map(({ s, y }) => {
      const sy = dot(emit, s, y)
      const sizes = emit.sqrt(emit.mul(dot(emit, s, s), dot(emit, y, y)))
      const sound = emit.greater(sy, emit.add(emit.mul(sizes, leastCurvature), 1e-30))
      return { sy, sound, inverse: emit.where(sound, emit.reciprocal(emit.where(sound, sy, 1)), 0) }
    })
    const [newest] = curvatures
    invariant(newest, 'no pairs')
    // Kept from the newest sound pair; 1 before there is any.
    const scale = emit.where(newest.sound, emit.div(newest.sy, emit.max(dot(emit, y0, y0), 1e-30)), emit.add(held('scale'), beginning))
    let q = slope
    const alphas = pairs.map(({ s, y }, at) => {
      const alpha = emit.mul(dot(emit, s, q), curvatures[at]!.inverse)
      q = emit.sub(q, emit.mul(y, alpha))
      return alpha
    })
    let direction = emit.mul(q, scale)
    for (let at = pairs.length - 1; at >= 0; at--) {
      const { s, y } = pairs[at]!
      direction = emit.add(direction, emit.mul(s, emit.sub(alphas[at]!, emit.mul(dot(emit, y, direction), curvatures[at]!.inverse))))
    }
    const first = emit.min(emit.reciprocal(emit.add(emit.reduceSum(emit.abs(slope)), 1e-12)), 1)
    const length = emit.mul(rate, emit.add(emit.mul(beginning, first), going))
    const moved = emit.neg(emit.mul(direction, length))
    return {
      parameter: emit.add(parameter, moved),
      memory: { ...Object.fromEntries(pairs.flatMap(({ s, y }, at) => [[`s${at}`, s], [`y${at}`, y]])), gradient: slope, moved, scale },
    }
  },
})
