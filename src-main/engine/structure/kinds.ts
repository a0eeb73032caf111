/** What kind of layer a unit makes, and how people call it. */
import type { LayerKind } from '#contract/graph.ts'
import type { Unit } from './unit.ts'
import type { ValueGraph } from './value-graph.ts'

const list = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const convolutions = list('Conv ConvTranspose FusedConv QLinearConv ConvInteger DeformConv')
const products = list('Gemm MatMul FusedGemm FusedMatMul TransposeMatMul QGemm QLinearMatMul MatMulInteger MatMulIntegerToFloat DynamicQuantizeMatMul Einsum')
const pools = list('MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool QLinearAveragePool QLinearGlobalAveragePool MaxRoiPool RoiAlign MaxUnpool')
const reductions = list('ReduceMean ReduceMax ReduceSum ReduceMin ReduceL1 ReduceL2 ReduceLogSumExp QLinearReduceMean')
const normalizations = list('BatchNormalization InstanceNormalization LayerNormalization GroupNormalization GroupNorm SkipLayerNormalization SimplifiedLayerNormalization SkipSimplifiedLayerNormalization RMSNormalization LRN LpNormalization MeanVarianceNormalization')
const activations = list('Relu LeakyRelu PRelu Elu Selu Celu ThresholdedRelu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Mish Gelu FastGelu QuickGelu BiasGelu SiLU Swish Clip Softmax LogSoftmax Hardmax Erf Exp Shrink QLinearSigmoid QLinearLeakyRelu QLinearSoftmax')
const joins = list('Add Sub Mul Div Sum Max Min Mean Pow Where QLinearAdd QLinearMul QLinearWhere')
const concatenations = list('Concat QLinearConcat')
const attentions = list('Attention MultiHeadAttention QAttention')
const rearrangements = list('Reshape Flatten Squeeze Unsqueeze Transpose Slice Split Gather GatherElements GatherND ScatterElements ScatterND Pad Expand Tile DepthToSpace SpaceToDepth ChannelShuffle PixelShuffle Roll CenterCropPad ReverseSequence Compress')
const resizings = list('Resize Upsample GridSample')

/** Operators that change how a tensor is stored, not what people see of it. */
export const unseenOperators = list('Identity Dropout Cast CastLike QuantizeLinear DequantizeLinear DynamicQuantizeLinear Reshape Flatten Squeeze Unsqueeze Transpose')
/** Among those, the ones after which the elements are no longer arranged as before. */
export const rearrangingOperators = list('Reshape Flatten Squeeze Unsqueeze Transpose')

/** Activations that belong to the layer before them. Softmax stands alone: what precedes it (the logits) is what people ask about. */
export const fusedActivations: ReadonlySet<string> = new Set([...activations].filter((op) => !op.endsWith('oftmax') && op !== 'Hardmax' && op !== 'QLinearSoftmax'))
/** Normalisations over the channels of a convolution, told as part of it. */
export const fusedNormalizations = list('BatchNormalization InstanceNormalization GroupNormalization GroupNorm')

export function kindOf(unit: Unit, values: ValueGraph): LayerKind {
  const { op, inputs } = unit
  if (convolutions.has(op)) return 'convolution'
  if (products.has(op)) return inputs.length > 1 ? 'attention' : 'dense'
  if (pools.has(op)) return 'pooling'
  if (reductions.has(op)) return (values.shapeOf(inputs[0] ?? '')?.length ?? 0) > 2 ? 'pooling' : 'other'
  if (normalizations.has(op)) return 'normalization'
  if (activations.has(op)) return 'activation'
  if (joins.has(op)) return inputs.length > 1 ? 'join' : 'other'
  if (concatenations.has(op)) return inputs.length > 1 ? 'concat' : 'reshape'
  if (attentions.has(op)) return 'attention'
  if (rearrangements.has(op)) return 'reshape'
  return resizings.has(op) ? 'resize' : 'other'
}

const spoken: Readonly<Record<string, string>> = {
  Relu: 'ReLU', LeakyRelu: 'leaky ReLU', PRelu: 'PReLU', Elu: 'ELU', Selu: 'SELU', Celu: 'CELU', Gelu: 'GELU', FastGelu: 'GELU', QuickGelu: 'GELU', BiasGelu: 'GELU', Sigmoid: 'sigmoid', HardSigmoid: 'hard sigmoid', HardSwish: 'hard swish',
  Tanh: 'tanh', Clip: 'clipped', Softmax: 'Softmax', LogSoftmax: 'Log-softmax', BatchNormalization: 'batch norm', InstanceNormalization: 'instance norm', LayerNormalization: 'layer norm', GroupNormalization: 'group norm',
  RMSNormalization: 'RMS norm', LRN: 'local response norm', ConvTranspose: 'Transposed conv', FusedConv: 'Conv', QLinearConv: 'Quantized conv', ConvInteger: 'Quantized conv', DeformConv: 'Deformable conv', Conv: 'Conv',
  MaxPool: 'Max pool', AveragePool: 'Average pool', GlobalAveragePool: 'Global average pool', GlobalMaxPool: 'Global max pool', QLinearAveragePool: 'Average pool', QLinearGlobalAveragePool: 'Global average pool', LpPool: 'Lp pool',
  ReduceMean: 'Mean', ReduceMax: 'Maximum', ReduceSum: 'Sum', ChannelShuffle: 'Channel shuffle', PixelShuffle: 'Pixel shuffle', DepthToSpace: 'Depth to space', SpaceToDepth: 'Space to depth', Concat: 'Concatenation', QLinearConcat: 'Concatenation',
}

/** An operator as a sentence begins with it or lists it. */
export const spokenName = (op: string): string => spoken[op] ?? op
