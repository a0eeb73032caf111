/** Batch normalisation written with c = x - mean, by reductions and broadcasts that every device has. */
import { int } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import type { BatchNormForm } from './batch-norm-form.ts'
import { allButChannels, perChannel } from './normalize.ts'

export function centeredForm(emit: Emit, x: Value, epsilon: number): BatchNormForm {
  const rank = x.dims.length
  const axes = allButChannels(x)
  const mean = emit.reduceMean(x, axes, true)
  const centered = emit.sub(x, mean)
  const share = elementCount(mean.dims) / elementCount(x.dims)
  const [squares] = emit.node('ReduceSumSquare', [centered, emit.integers(axes)], { keepdims: int(1) }, [{ dataType: x.dataType, dims: mean.dims }])
  const variance = emit.mul(squares ?? mean, share)
  const inverse = emit.reciprocal(emit.sqrt(emit.add(variance, epsilon)))
  const spreadOf = (dy: Value): Value => emit.reduceSum(emit.mul(dy, centered), axes, true)
  return {
    mean, variance,
    output: (scale, shift) => emit.add(emit.mul(centered, emit.mul(inverse, perChannel(emit, scale, rank))), perChannel(emit, shift, rank)),
    scaleGradient: (dy) => emit.reshape(emit.mul(spreadOf(dy), inverse), [-1]),
    inputGradient(dy, scale, through) {
      const ofMean = emit.mul(emit.reduceSum(dy, axes, true), share)
      const along = emit.mul(emit.mul(spreadOf(dy), share), emit.mul(inverse, inverse))
      const throughOutput = emit.mul(emit.sub(emit.sub(dy, ofMean), emit.mul(centered, along)), emit.mul(inverse, perChannel(emit, scale, rank)))
      const throughMean = through.mean && emit.mul(perChannel(emit, through.mean, rank), share)
      const throughVariance = through.variance && emit.mul(centered, emit.mul(perChannel(emit, through.variance, rank), 2 * share))
      return [throughMean, throughVariance].reduce<Value>((sum, part) => (part ? emit.add(sum, part) : sum), throughOutput)
    },
  }
}
