/**
 * The gradients of BatchNormalization in training mode (operator set 14 and later), where the statistics are the batch's own over n elements
 * a channel (Ioffe and Szegedy 2015, arXiv:1502.03167, section 3). With c = x - mean, i = 1 / sqrt(var + epsilon):
 *   dx = scale i (dy - sum(dy) / n - c i² sum(dy c) / n), dscale = i sum(dy c), dbias = sum(dy).
 * The running averages, running = momentum old + (1 - momentum) batch, pass theirs on: d mean / dx = 1 / n, d var / dx = 2 c / n.
 */
import { floatOf, intOf } from '../../onnx/attributes.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import type { GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'
import { batchStatistics } from './batch-statistics.ts'
import { allButChannels, perChannel } from './normalize.ts'

export const isTraining = ({ node }: GradientContext): boolean => intOf(node, 'training_mode', 0) === 1

const statisticsOf = ({ emit, node, input }: GradientContext) => batchStatistics(emit, input(0), floatOf(node, 'epsilon', 1e-5))
const momentumOf = ({ node }: GradientContext): number => floatOf(node, 'momentum', 0.9)

export function trainingInputGradient(context: GradientContext): Value {
  const { emit, input, dy, gradients: [, ofMean, ofVariance] } = context
  const x = input(0)
  const share = (x.dims[1] ?? 1) / elementCount(x.dims)
  const { centered, inverse } = statisticsOf(context)
  const scale = emit.mul(inverse, perChannel(emit, input(1), x.dims.length))
  const mean = emit.mul(emit.reduceSum(dy(), allButChannels(x), true), share)
  const spread = emit.mul(emit.reduceSum(emit.mul(dy(), centered), allButChannels(x), true), share)
  const along = emit.mul(spread, emit.mul(inverse, inverse))
  const throughOutput = emit.mul(emit.sub(emit.sub(dy(), mean), emit.mul(centered, along)), scale)
  const fresh = 1 - momentumOf(context)
  const throughMean = ofMean && emit.mul(perChannel(emit, ofMean, x.dims.length), fresh * share)
  const throughVariance = ofVariance && emit.mul(centered, emit.mul(perChannel(emit, ofVariance, x.dims.length), 2 * fresh * share))
  return [throughMean, throughVariance].reduce<Value>((sum, part) => (part ? emit.add(sum, part) : sum), throughOutput)
}

export function trainingScaleGradient(context: GradientContext): Value {
  const { emit, input, dy } = context
  const { centered, inverse } = statisticsOf(context)
  return emit.reshape(emit.mul(emit.reduceSum(emit.mul(dy(), centered), allButChannels(input(0)), true), inverse), input(1).dims)
}

/** Of the old running average that output `index` goes on from. */
export function runningGradient(context: GradientContext, index: number): Value {
  const gradient = context.gradients[index]
  return gradient ? context.emit.mul(gradient, momentumOf(context)) : context.emit.zerosLike(context.input(index + 2))
}
