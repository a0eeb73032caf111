/** Dot products that prefer the right direction to mere size. */
import type { Emit, Value } from '../autodiff/emit.ts'

/** Below it the cosine counts as that much, so that the product has a gradient from anywhere. */
const leastCosine = 0.1
const tiny = 1e-6

/**
 * dot(x, v) max(0.1, cos(x, v))^p along `axes`, kept (Olah et al. 2018, "The Building Blocks of Interpretability"; Carter et al. 2019, "Activation Atlas":
 * "we found it helpful to use the cosine similarity as well"). p = 0 is the dot product alone.
 */
export function cosineWeighted(emit: Emit, x: Value, v: Value, axes: readonly number[], power: number): Value {
  const dot = emit.reduceSum(emit.mul(x, v), axes, true)
  if (power === 0) return dot
  const length = (value: Value): Value => emit.sqrt(emit.add(emit.reduceSum(emit.mul(value, value), axes, true), tiny))
  const cosine = emit.div(dot, emit.mul(length(x), length(v)))
  return emit.mul(dot, emit.pow(emit.max(cosine, leastCosine), power))
}
