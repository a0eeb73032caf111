/** A step of one size, however steep the slope (google/deepdream, make_step): rate g / mean |g|. */
import type { Emit, Value } from '../autodiff/emit.ts'

/** Far below any gradient that moves a picture. */
export const nothing = 1e-30

/** Over everything, a scalar: rows first, so that the rounding of a sum of millions of float32 stays that of thousands. */
export const meanOf = (emit: Emit, value: Value): Value => (value.dims.length > 1 ? emit.reduceMean(emit.reduceMean(value, [-1])) : emit.reduceMean(value))

/** Means over everything: of |g| times its weights, and of these. Parts of a picture of one size have their sums added before one is divided by the other. */
export interface Steepness { readonly size: Value; readonly weight: Value | undefined }

/** `weights`, of a shape that spreads over the gradient, say where and how much to move. */
export function steepnessOf(emit: Emit, gradient: Value, weights?: Value): Steepness {
  const sizes = emit.abs(gradient)
  return { size: meanOf(emit, weights ? emit.mul(sizes, weights) : sizes), weight: weights && meanOf(emit, weights) }
}

/** The mean over what the weights let through; zero where that is nothing. */
export const magnitudeOf = (emit: Emit, { size, weight }: Steepness): Value => (weight ? emit.div(size, emit.max(weight, nothing)) : size)

export function stepBy(emit: Emit, gradient: Value, rate: Value, magnitude: Value, weights?: Value): Value {
  const step = emit.mul(gradient, emit.div(rate, emit.max(magnitude, nothing)))
  return weights ? emit.mul(step, weights) : step
}

/** All of a gradient at once. */
export const unitStep = (emit: Emit, gradient: Value, rate: Value): Value => stepBy(emit, gradient, rate, magnitudeOf(emit, steepnessOf(emit, gradient)))
