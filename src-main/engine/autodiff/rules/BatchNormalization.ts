/**
 * Inference: y = scale (x - mean) / sqrt(var + epsilon) + bias with the statistics given, so y is affine in x, scale and bias.
 * Training: the statistics are the batch's (lowering/batch-norm-training.ts). Operator set 9 and later; training since 14.
 */
import { float, floatOf, int } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'
import { isTraining, runningGradient, trainingInputGradient, trainingScaleGradient } from '../lowering/batch-norm-training.ts'
import { allButChannels, perChannel } from '../lowering/normalize.ts'

/** 1 / sqrt(var + epsilon) of each channel. */
const inverseOf = ({ emit, node, input }: GradientContext): Value => emit.reciprocal(emit.sqrt(emit.add(input(4), floatOf(node, 'epsilon', 1e-5))))
/** sum of dy (x - mean) of each channel */
const spreadOf = ({ emit, input, dy }: GradientContext): Value =>
  emit.reduceSum(emit.mul(dy(), emit.sub(input(0), perChannel(emit, input(3), input(0).dims.length))), allButChannels(input(0)))

export default defineGradient({
  op: 'BatchNormalization',
  gradient: [
    (context) => isTraining(context) ? trainingInputGradient(context) : context.emit.mul(context.dy(), perChannel(context.emit, context.emit.mul(context.input(1), inverseOf(context)), context.input(0).dims.length)),
    (context) => (isTraining(context) ? trainingScaleGradient(context) : context.emit.mul(spreadOf(context), inverseOf(context))),
    ({ emit, dy }) => emit.reduceSum(dy(), allButChannels(dy())),
    (context) => {
      const { emit, input, dy } = context
      if (isTraining(context)) return runningGradient(context, 1)
      return emit.neg(emit.mul(emit.reduceSum(dy(), allButChannels(dy())), emit.mul(input(1), inverseOf(context))))
    },
    (context) => {
      // d/dvar (var + e)^(-1/2) = -1/2 (var + e)^(-3/2)
      const { emit, input } = context
      if (isTraining(context)) return runningGradient(context, 2)
      const inverse = inverseOf(context)
      return emit.mul(emit.mul(spreadOf(context), emit.mul(input(1), -0.5)), emit.mul(inverse, emit.mul(inverse, inverse)))
    },
  ],
  samples: [
    { name: '2-D', inputs: [{ dims: [2, 3, 4, 3] }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], range: [0.5, 2] }], opset: 15 },
    { name: 'epsilon, vectors', inputs: [{ dims: [4, 3] }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], range: [0.5, 2] }], attributes: { epsilon: float(0.1) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 3, 2, 2] }, { dims: [2] }, { dims: [2] }, { dims: [2] }, { dims: [2], range: [0.5, 2] }], attributes: { training_mode: int(0) } },
    { name: 'training mode', inputs: [{ dims: [3, 2, 4, 3] }, { dims: [2] }, { dims: [2] }, { dims: [2] }, { dims: [2], range: [0.5, 2] }], attributes: { training_mode: int(1), momentum: float(0.8) }, outputs: 3, opset: 15 },
    { name: 'training mode, larger maps', inputs: [{ dims: [2, 3, 12, 13] }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], range: [0.5, 2] }], attributes: { training_mode: int(1), momentum: float(0.8) }, outputs: 3, opset: 15 },
    { name: 'training mode, vectors', inputs: [{ dims: [6, 3] }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], range: [0.5, 2] }], attributes: { training_mode: int(1) }, outputs: 3, opset: 15 },
    { name: '1-D, statistics fixed', inputs: [{ dims: [2, 3, 5] }, { dims: [3], differentiate: false }, { dims: [3], differentiate: false }, { dims: [3], differentiate: false }, { dims: [3], range: [0.5, 2], differentiate: false }], opset: 9 },
  ],
})
