/** Operators whose (first) output has the shape and the element type of their first input. */
import { likeInput } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: [
    'Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'BitwiseNot', 'Ceil', 'Celu', 'Clip', 'Cos', 'Cosh', 'CumSum', 'Elu', 'Erf', 'Exp', 'Floor',
    'Gelu', 'GroupNormalization', 'HardSigmoid', 'HardSwish', 'Hardmax', 'Identity', 'ImageScaler', 'InstanceNormalization', 'LRN', 'LeakyRelu', 'Log', 'LogSoftmax',
    'LpNormalization', 'MeanVarianceNormalization', 'Mish', 'Neg', 'PRelu', 'ParametricSoftplus', 'Reciprocal', 'Relu', 'ReverseSequence', 'RotaryEmbedding', 'Round',
    'ScaledTanh', 'Scatter', 'ScatterElements', 'ScatterND', 'Selu', 'Shrink', 'Sigmoid', 'Sign', 'Sin', 'Sinh', 'Softmax', 'Softplus', 'Softsign',
    'Sqrt', 'Swish', 'Tan', 'Tanh', 'TensorScatter', 'ThresholdedRelu', 'Trilu',
    'com.microsoft::BiasGelu', 'com.microsoft::BiasSoftmax', 'com.microsoft::FastGelu', 'com.microsoft::Gelu', 'com.microsoft::GroupNorm', 'com.microsoft::Inverse',
    'com.microsoft::QLinearLeakyRelu', 'com.microsoft::QLinearSigmoid', 'com.microsoft::QLinearSoftmax', 'com.microsoft::QuickGelu',
    'com.microsoft::RotaryEmbedding', 'com.microsoft::Trilu',
  ],
  infer: (context) => [likeInput(context)],
})
