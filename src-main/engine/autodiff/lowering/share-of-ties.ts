import type { GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'

/** For Min and Max: 1 / n where operand `index` is one of the n that equal the result, else 0. */
export function shareOfTies(c: GradientContext, index: number): Value {
  const { emit } = c
  const result = c.output(0)
  const hits = c.node.inputs.map((_, at) => emit.cast(emit.equal(c.input(at), result), result.dataType))
  const own = hits[index] ?? emit.zerosLike(result)
  const [first, ...rest] = hits
  if (!first || rest.length === 0) return own
  return emit.div(own, rest.reduce((sum, hit) => emit.add(sum, hit), first))
}
