/** What the operators that subtract a mean and divide by a deviation share. */
import type { Emit, Value } from '../emit.ts'

export interface Normalized {
  /** (x - mean) / sqrt(variance + epsilon) */
  readonly normalized: Value
  /** 1 / sqrt(variance + epsilon), with the reduced axes kept. */
  readonly inverse: Value
}

export function normalize(emit: Emit, x: Value, axes: readonly number[], epsilon: number): Normalized {
  const centered = emit.sub(x, emit.reduceMean(x, axes, true))
  const variance = emit.reduceMean(emit.mul(centered, centered), axes, true)
  const inverse = emit.reciprocal(emit.sqrt(emit.add(variance, epsilon)))
  return { normalized: emit.mul(centered, inverse), inverse }
}

/** With g = d loss / d normalized: dx = inverse (g - mean(g) - normalized mean(g normalized)) (Ioffe and Szegedy 2015, arXiv:1502.03167, sec. 3). */
export function normalizeGradient(emit: Emit, g: Value, { normalized, inverse }: Normalized, axes: readonly number[]): Value {
  const along = emit.mul(normalized, emit.reduceMean(emit.mul(g, normalized), axes, true))
  return emit.mul(inverse, emit.sub(emit.sub(g, emit.reduceMean(g, axes, true)), along))
}

/** A value per channel, shaped to broadcast against [N, C, ...]. */
export const perChannel = (emit: Emit, value: Value, rank: number): Value => emit.reshape(value, [-1, ...Array<number>(rank - 2).fill(1)])

/** Every axis but the channels'. */
export const allButChannels = (value: Value): number[] => value.dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]))
