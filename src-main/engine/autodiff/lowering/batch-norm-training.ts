/**
 * The gradients of BatchNormalization in training mode (operator set 14 and later), where the statistics are the batch's own
 * (batch-norm-form.ts). The running averages, running = momentum old + (1 - momentum) batch, pass theirs on.
 */
import { floatOf, intOf } from '../../onnx/attributes.ts'
import type { GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'
import { batchNormForm } from './batch-norm-form.ts'
import type { BatchNormForm } from './batch-norm-form.ts'

export const isTraining = ({ node }: GradientContext): boolean => intOf(node, 'training_mode', 0) === 1

const formOf = ({ emit, node, input }: GradientContext): BatchNormForm => batchNormForm(emit, input(0), floatOf(node, 'epsilon', 1e-5))
const momentumOf = ({ node }: GradientContext): number => floatOf(node, 'momentum', 0.9)

export function trainingInputGradient(context: GradientContext): Value {
  const { emit, input, dy, gradients: [, ofMean, ofVariance] } = context
  const fresh = 1 - momentumOf(context)
  return formOf(context).inputGradient(dy(), input(1), { mean: ofMean && emit.mul(ofMean, fresh), variance: ofVariance && emit.mul(ofVariance, fresh) })
}

export const trainingScaleGradient = (context: GradientContext): Value => formOf(context).scaleGradient(context.dy())

/** Of the old running average that output `index` goes on from. */
export function runningGradient(context: GradientContext, index: number): Value {
  const gradient = context.gradients[index]
  return gradient ? context.emit.mul(gradient, momentumOf(context)) : context.emit.zerosLike(context.input(index + 2))
}
