/**
 * Inference: y = scale (x - mean) / sqrt(var + epsilon) + bias with the statistics given, so y is affine in x, scale and bias.
 * Training: the statistics are the batch's, with n elements a channel (Ioffe and Szegedy 2015, arXiv:1502.03167, section 3), and with
 * c = x - mean, i = 1 / sqrt(var + epsilon): dx = scale i (dy - sum(dy) / n - c i² sum(dy c) / n). Operator set 9 and later; training since 14.
 */
import { float, floatOf, int, intOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'
import { elementCount } from '../../onnx/tensor-data.ts'
import { batchStatistics } from '../lowering/batch-statistics.ts'
import { allButChannels, perChannel } from '../lowering/normalize.ts'

/** 1 / sqrt(var + epsilon) of each channel. */
const inverseOf = ({ emit, node, input }: GradientContext): Value => emit.reciprocal(emit.sqrt(emit.add(input(4), floatOf(node, 'epsilon', 1e-5))))
/** sum of dy (x - mean) of each channel */
const spreadOf = ({ emit, input, dy }: GradientContext): Value =>
  emit.reduceSum(emit.mul(dy(), emit.sub(input(0), perChannel(emit, input(3), input(0).dims.length))), allButChannels(input(0)))

const isTraining = ({ node }: GradientContext): boolean => intOf(node, 'training_mode', 0) === 1
const statisticsOf = ({ emit, node, input }: GradientContext) => batchStatistics(emit, input(0), floatOf(node, 'epsilon', 1e-5))

function trainingInputGradient(context: GradientContext): Value {
  const { emit, input, dy } = context
  const x = input(0)
  const share = (x.dims[1] ?? 1) / elementCount(x.dims)
  const { centered, inverse } = statisticsOf(context)
  const scale = emit.mul(inverse, perChannel(emit, input(1), x.dims.length))
  const mean = emit.mul(emit.reduceSum(dy(), allButChannels(x), true), share)
  const spread = emit.mul(emit.reduceSum(emit.mul(dy(), centered), allButChannels(x), true), share)
  const along = emit.mul(spread, emit.mul(inverse, inverse))
  return emit.mul(emit.sub(emit.sub(dy(), mean), emit.mul(centered, along)), scale)
}

function trainingScaleGradient(context: GradientContext): Value {
  const { emit, input, dy } = context
  const { centered, inverse } = statisticsOf(context)
  return emit.reshape(emit.mul(emit.reduceSum(emit.mul(dy(), centered), allButChannels(input(0)), true), inverse), input(1).dims)
}

export default defineGradient({
  op: 'BatchNormalization',
  gradient: [
    (context) => isTraining(context) ? trainingInputGradient(context) : context.emit.mul(context.dy(), perChannel(context.emit, context.emit.mul(context.input(1), inverseOf(context)), context.input(0).dims.length)),
    (context) => (isTraining(context) ? trainingScaleGradient(context) : context.emit.mul(spreadOf(context), inverseOf(context))),
    ({ emit, dy }) => emit.reduceSum(dy(), allButChannels(dy())),
    (context) => {
      const { emit, input, dy } = context
      if (isTraining(context)) return emit.zerosLike(input(3))
      return emit.neg(emit.mul(emit.reduceSum(dy(), allButChannels(dy())), emit.mul(input(1), inverseOf(context))))
    },
    (context) => {
      // d/dvar (var + e)^(-1/2) = -1/2 (var + e)^(-3/2)
      const { emit, input } = context
      if (isTraining(context)) return emit.zerosLike(input(4))
      const inverse = inverseOf(context)
      return emit.mul(emit.mul(spreadOf(context), emit.mul(input(1), -0.5)), emit.mul(inverse, emit.mul(inverse, inverse)))
    },
  ],
  samples: [
    { name: '2-D', inputs: [{ dims: [2, 3, 4, 3] }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], range: [0.5, 2] }], opset: 15 },
    { name: 'epsilon, vectors', inputs: [{ dims: [4, 3] }, { dims: [3] }, { dims: [3] }, { dims: [3] }, { dims: [3], range: [0.5, 2] }], attributes: { epsilon: float(0.1) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 3, 2, 2] }, { dims: [2] }, { dims: [2] }, { dims: [2] }, { dims: [2], range: [0.5, 2] }], attributes: { training_mode: int(0) } },
    { name: 'training mode', inputs: [{ dims: [3, 2, 4, 3] }, { dims: [2] }, { dims: [2] }, { dims: [2], differentiate: false }, { dims: [2], range: [0.5, 2], differentiate: false }], attributes: { training_mode: int(1) }, opset: 15 },
    { name: '1-D, statistics fixed', inputs: [{ dims: [2, 3, 5] }, { dims: [3], differentiate: false }, { dims: [3], differentiate: false }, { dims: [3], differentiate: false }, { dims: [3], range: [0.5, 2], differentiate: false }], opset: 9 },
  ],
})
