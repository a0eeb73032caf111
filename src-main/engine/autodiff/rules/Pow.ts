import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { knownNumbers, type Value } from '../emit.ts'

/**
 * y = a^b; da = dy b a^(b-1), db = dy y ln a (0 where a = 0: the limit, and what PyTorch gives). Operator sets 7 to 15.
 * The exponent may be of another type than the base; an integer exponent has no gradient.
 */
export default defineGradient({
  op: 'Pow',
  gradient: (c, index) => {
    const { emit } = c
    const base = c.input(0)
    if (index === 0) return baseGradient(c)
    if (c.input(1).dataType !== base.dataType) return undefined
    const safe = emit.where(emit.equal(base, 0), emit.scalar(1, base.dataType), base)
    return emit.mul(c.dy(), emit.mul(c.output(0), emit.log(safe)))
  },
  samples: [
    ...[0.5, 1, 1.7, 2, 3, -1].map((exponent) => ({
      name: `constant exponent ${exponent}`,
      inputs: [{ dims: [2, 3], range: [0.3, 2] as const }, { constant: [exponent], dims: [], dataType: 'float32' as const }],
    })),
    { name: 'integer exponent of a negative base', inputs: [{ dims: [2, 3], range: [-2, -0.3] }, { constant: [3], dims: [1], dataType: 'int64' }] },
    { name: 'constant exponents that differ', inputs: [{ dims: [2, 3], range: [0.3, 2] }, { constant: [0, 1, 2.5], dims: [3], dataType: 'float32' }] },
    { name: 'both operands vary and broadcast', inputs: [{ dims: [4, 1, 3], range: [0.3, 2] }, { dims: [5, 1], range: [-2, 2] }] },
    { name: 'learned exponent (GeM pooling)', inputs: [{ dims: [1, 2, 3, 3], range: [0.1, 2] }, { dims: [1], range: [2, 4] }] },
  ],
})

function baseGradient(c: GradientContext): Value {
  const { emit } = c
  const [base, exponent, dy] = [c.input(0), emit.cast(c.input(1), c.input(0).dataType), c.dy()]
  const numbers = knownNumbers(c.input(1))
  const [uniform] = numbers ?? []
  if (numbers && uniform !== undefined && numbers.every((number) => number === uniform)) {
    if (uniform === 0) return emit.zerosLike(c.output(0))
    if (uniform === 0.5) return emit.div(emit.mul(dy, 0.5), c.output(0))
    if (uniform === 3) return emit.mul(emit.mul(dy, 3), emit.mul(base, base))
    return uniform === 1 ? dy : emit.mul(emit.mul(dy, uniform), emit.pow(base, uniform - 1))
  }
  // 0 a^-1 is 0 whatever a is, and not a number where it is computed at a = 0.
  const slope = emit.mul(exponent, emit.pow(base, emit.sub(exponent, 1)))
  return emit.mul(dy, emit.where(emit.equal(exponent, 0), emit.scalar(0, base.dataType), slope))
}
