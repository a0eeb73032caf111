/** Mean and variance of every channel over the batch and all positions, kept as [1, C, 1, ...]. */
import type { Emit, Value } from '../emit.ts'
import { allButChannels } from './normalize.ts'

export interface BatchStatistics {
  readonly mean: Value
  readonly centered: Value
  /** Biased. */
  readonly variance: Value
  /** 1 / sqrt(variance + epsilon) */
  readonly inverse: Value
}

export function batchStatistics(emit: Emit, x: Value, epsilon: number): BatchStatistics {
  const axes = allButChannels(x)
  const mean = emit.reduceMean(x, axes, true)
  const centered = emit.sub(x, mean)
  const variance = emit.reduceMean(emit.mul(centered, centered), axes, true)
  return { mean, centered, variance, inverse: emit.reciprocal(emit.sqrt(emit.add(variance, epsilon))) }
}
