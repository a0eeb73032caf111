/**
 * Batch normalisation of maps [N, C, H, W] on the CPU in as few passes over memory as onnxruntime's kernels allow. y is affine in x, and dx in x
 * and dy, with coefficients of each channel (S, i, n: batch-norm-form.ts):
 *   y = a x + (shift - a mean),  dx = a dy + k x - (a sum(dy) / n + k mean),  a = scale i,  k = -a i² S / n,  S = sum(dy x) - mean sum(dy).
 * A depthwise 1x1 Conv is such a pass, and takes up the Add or Relu that follows; a Conv whose kernel is a whole map is the sum of products. Together
 * 3.5 ms for a layer that took 7.7 with x - mean written out (64 maps of 32 x 32, batch of 32).
 *
 * The variance is the mean of squares less the square of the mean, as in Flax's `use_fast_variance`: its error is that of float32 times
 * 1 + mean² / variance. shift-before-normalization.ts keeps that near 1 in training.
 */
import { float } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import type { BatchNormForm } from './batch-norm-form.ts'
import { canBeBlocked } from './blocked-layout.ts'
import { allButChannels, perChannel } from './normalize.ts'

/** Smaller maps cost more as groups of a convolution than as broadcasts. */
const smallestMap = 128

export function affineForm(emit: Emit, x: Value, epsilon: number): BatchNormForm {
  const share = (x.dims[1] ?? 1) / elementCount(x.dims)
  const isSmall = elementCount(x.dims.slice(2)) < smallestMap && !canBeBlocked(emit, x)
  const sumOf = (value: Value): Value => emit.reduceSum(value, allButChannels(value))
  const productOf = (a: Value, b: Value): Value => (isSmall ? sumOf(emit.mul(a, b)) : sumOfProducts(emit, a, b))
  const scaled = (value: Value, factor: Value, constant?: Value): Value => (isSmall ? broadcastAffine : depthwiseAffine)(emit, value, factor, constant)

  const mean = emit.reduceMean(x, allButChannels(x))
  const variance = emit.max(emit.sub(emit.mul(productOf(x, x), share), emit.mul(mean, mean)), 0)
  const inverse = emit.reciprocal(emit.sqrt(emit.add(variance, epsilon)))
  const spreadOf = (dy: Value): Value => emit.sub(productOf(dy, x), emit.mul(mean, sumOf(dy)))
  return {
    mean, variance,
    output(scale, shift) {
      // Its kernel is one pass too, by a single thread.
      if (isSmall) return emit.node('BatchNormalization', [x, scale, shift, mean, variance], { epsilon: float(epsilon) }, [x])[0] ?? x
      const factor = emit.mul(scale, inverse)
      return scaled(x, factor, emit.sub(shift, emit.mul(mean, factor)))
    },
    scaleGradient: (dy) => emit.mul(spreadOf(dy), inverse),
    inputGradient(dy, scale, through) {
      const factor = emit.mul(scale, inverse)
      const throughOutput = emit.mul(emit.mul(spreadOf(dy), -share), emit.mul(factor, emit.mul(inverse, inverse)))
      const along = through.variance ? emit.add(throughOutput, emit.mul(through.variance, 2 * share)) : throughOutput
      const level = emit.sub(emit.mul(emit.mul(sumOf(dy), -share), factor), emit.mul(along, mean))
      const constant = through.mean ? emit.add(level, emit.mul(through.mean, share)) : level
      return emit.add(scaled(dy, factor), scaled(x, along, constant))
    },
  }
}

/** factor x + constant of each channel, [C] each. */
function depthwiseAffine(emit: Emit, x: Value, factor: Value, constant?: Value): Value {
  const channels = x.dims[1] ?? 1
  return emit.conv(x, emit.reshape(factor, [channels, 1, 1, 1]), { group: channels, ...(constant ? { bias: constant } : {}) })
}

function broadcastAffine(emit: Emit, x: Value, factor: Value, constant?: Value): Value {
  const product = emit.mul(x, perChannel(emit, factor, x.dims.length))
  return constant ? emit.add(product, perChannel(emit, constant, x.dims.length)) : product
}

/** Sum of a b over samples and positions of [N, C, H, W], [C]. */
function sumOfProducts(emit: Emit, a: Value, b: Value): Value {
  const [samples = 1, channels = 1, ...map] = a.dims
  const planes = samples * channels
  const sums = emit.conv(emit.reshape(a, [1, planes, ...map]), emit.reshape(b, [planes, 1, ...map]), { group: planes })
  return emit.reduceSum(emit.reshape(sums, [samples, channels]), [0])
}
