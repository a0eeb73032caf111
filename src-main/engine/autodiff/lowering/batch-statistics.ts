/** Mean and variance of every channel over the batch and all positions, kept as [1, C, 1, ...]. */
import { int } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
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
  const [squares] = emit.node('ReduceSumSquare', [centered, emit.integers(axes)], { keepdims: int(1) }, [{ dataType: x.dataType, dims: mean.dims }])
  const variance = emit.mul(squares ?? mean, elementCount(mean.dims) / elementCount(x.dims))
  return { mean, centered, variance, inverse: emit.reciprocal(emit.sqrt(emit.add(variance, epsilon))) }
}
