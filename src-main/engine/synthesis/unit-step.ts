/** A step of one size, however steep the slope (google/deepdream, make_step). */
import type { Emit, Value } from '../autodiff/emit.ts'

/** Far below any gradient that moves a picture. */
export const nothing = 1e-30

/** Over everything, a scalar: rows first, so that the rounding of a sum of millions of float32 stays that of thousands. */
export const meanOf = (emit: Emit, value: Value): Value => (value.dims.length > 1 ? emit.reduceMean(emit.reduceMean(value, [-1])) : emit.reduceMean(value))

/** Mean of |g|, by the weights where there are some; zero where these are. */
export function meanMagnitude(emit: Emit, gradient: Value, weights?: Value): Value {
  const sizes = emit.abs(gradient)
  return weights ? emit.div(meanOf(emit, emit.mul(sizes, weights)), emit.max(meanOf(emit, weights), nothing)) : meanOf(emit, sizes)
}

/** rate g / mean |g|; `weights`, of shapes that spread over it, say where and how much: the mean is over what they let through. */
export function unitStep(emit: Emit, gradient: Value, rate: Value, weights?: Value): { readonly step: Value; readonly magnitude: Value } {
  const magnitude = meanMagnitude(emit, gradient, weights)
  const step = emit.mul(gradient, emit.div(rate, emit.max(magnitude, nothing)))
  return { step: weights ? emit.mul(step, weights) : step, magnitude }
}
