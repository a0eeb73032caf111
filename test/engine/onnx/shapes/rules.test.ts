/** Every rule against onnxruntime: the shapes and types inferred are those of the tensors that a run yields. */
import { describe, expect, it } from 'vitest'
import { float, int, ints, floats, string, tensor } from '#engine/onnx/attributes.ts'
import type { DataType } from '#engine/onnx/model.ts'
import { inferShapes } from '#engine/onnx/shapes/infer-shapes.ts'
import { operatorsWithShapeRule } from '#engine/onnx/shapes/registry.ts'
import { float32Tensor, int64Tensor, tensorOfNumbers } from '#engine/onnx/tensor-data.ts'
import { nodeModel, runNode } from '../../../support/node-model.ts'
import type { NodeCase, NodeInput } from '../../../support/node-model.ts'

const of = (...dims: number[]): NodeInput => ({ dims })
const typed = (dataType: DataType, ...dims: number[]): NodeInput => ({ dims, dataType })
const list = (...values: number[]): NodeInput => ({ constant: int64Tensor([values.length], values) })
const scalar = (value: number): NodeInput => ({ constant: int64Tensor([], [value]) })
const reals = (...values: number[]): NodeInput => ({ constant: float32Tensor([values.length], values) })
const real = (value: number): NodeInput => ({ constant: float32Tensor([], [value]) })
const small = (dataType: DataType, dims: readonly number[], values: readonly number[]): NodeInput => ({ constant: tensorOfNumbers(dataType, dims, values) })

const unary = ['Abs', 'Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Cosh', 'Sinh', 'Ceil', 'Celu', 'Cos', 'Elu', 'Erf', 'Exp', 'Floor', 'HardSigmoid', 'HardSwish', 'Hardmax', 'Identity', 'LeakyRelu', 'Log', 'LogSoftmax', 'Neg', 'Not', 'Reciprocal', 'Relu', 'Round', 'Selu', 'Shrink', 'Sigmoid', 'Sign', 'Sin', 'Softmax', 'Softplus', 'Softsign', 'Sqrt', 'Tan', 'Tanh', 'ThresholdedRelu', 'IsNaN', 'IsInf', 'LpNormalization', 'MeanVarianceNormalization']

const cases: readonly NodeCase[] = [
  ...unary.map((op): NodeCase => ({ op, inputs: [op === 'Not' ? typed('bool', 2, 3, 4, 5) : of(2, 3, 4, 5)] })),
  { op: 'BitwiseNot', opset: 18, inputs: [typed('int32', 2, 3)] },
  ...['BitwiseAnd', 'BitwiseOr', 'BitwiseXor'].map((op): NodeCase => ({ op, opset: 18, inputs: [typed('int32', 2, 1), typed('int32', 3)] })),
  { op: 'BitShift', inputs: [typed('uint8', 2, 1), typed('uint8', 3)], attributes: { direction: string('LEFT') } },
  { op: 'Mish', opset: 18, inputs: [of(2, 3)] },
  { op: 'Gelu', opset: 20, inputs: [of(2, 3)] },
  { op: 'Gelu', domain: 'com.microsoft', inputs: [of(2, 3)] },
  { op: 'QuickGelu', domain: 'com.microsoft', inputs: [of(2, 3)] },
  { op: 'FastGelu', domain: 'com.microsoft', inputs: [of(2, 3), of(3)] },
  { op: 'BiasGelu', domain: 'com.microsoft', inputs: [of(2, 3), of(3)] },
  ...['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Sum', 'Mean'].map((op): NodeCase => ({ op, inputs: [of(2, 1, 4), of(3, 1)] })),
  ...['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual'].map((op): NodeCase => ({ op, inputs: [of(1, 3), of(2, 1)] })),
  ...['And', 'Or', 'Xor'].map((op): NodeCase => ({ op, inputs: [typed('bool', 1, 3), typed('bool', 2, 1)] })),
  { op: 'Mod', inputs: [of(2, 3), of(3)], attributes: { fmod: int(1) } },
  { op: 'Where', inputs: [typed('bool', 2, 1), of(3), of(1, 3)] },
  { op: 'PRelu', inputs: [of(2, 3, 4), of(3, 1)] },
  { op: 'Clip', inputs: [of(2, 3), real(0), real(1)] },
  { op: 'Clip', opset: 10, inputs: [of(2, 3)], attributes: { min: float(0), max: float(1) } },
  { op: 'Cast', inputs: [of(2, 3)], attributes: { to: int(7) } },
  { op: 'CastLike', inputs: [of(2, 3), typed('int32', 1)] },
  { op: 'Dropout', inputs: [of(2, 3)], outputs: 2 },
  { op: 'Dropout', opset: 11, inputs: [of(2, 3)], outputs: 2, attributes: { ratio: float(0.5) } },
  { op: 'BatchNormalization', inputs: [of(2, 3, 4, 5), of(3), of(3), of(3), of(3)] },
  { op: 'InstanceNormalization', inputs: [of(2, 3, 4, 5), of(3), of(3)] },
  { op: 'GroupNormalization', opset: 21, inputs: [of(2, 4, 4, 5), of(4), of(4)], attributes: { num_groups: int(2) } },
  { op: 'LayerNormalization', inputs: [of(2, 3, 4), of(3, 4)], attributes: { axis: int(1) }, outputs: 3 },
  { op: 'RMSNormalization', opset: 23, inputs: [of(2, 3, 4), of(4)] },
  { op: 'SimplifiedLayerNormalization', inputs: [of(2, 3, 4), of(4)] },
  { op: 'SkipLayerNormalization', domain: 'com.microsoft', inputs: [of(2, 3, 4), of(2, 3, 4), of(4)], outputs: 1 },
  { op: 'LRN', inputs: [of(2, 3, 4, 5)], attributes: { size: int(3) } },
  { op: 'CumSum', inputs: [of(2, 3), scalar(1)] },
  { op: 'Trilu', inputs: [of(2, 3)] },
  { op: 'ReverseSequence', inputs: [of(4, 2), list(4, 3)] },
  // Quantisation
  { op: 'QuantizeLinear', inputs: [of(2, 3), real(0.1), small('int8', [], [0])] },
  { op: 'QuantizeLinear', inputs: [of(2, 3), real(0.1)] },
  { op: 'DequantizeLinear', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [3])] },
  { op: 'DynamicQuantizeLinear', inputs: [of(2, 3)], outputs: 3 },
  { op: 'ConvInteger', inputs: [typed('uint8', 1, 3, 8, 8), small('uint8', [4, 3, 3, 3], Array<number>(108).fill(1))], attributes: { strides: ints([2, 2]) } },
  { op: 'MatMulInteger', inputs: [typed('uint8', 5, 2, 3), typed('uint8', 3, 4)] },
  { op: 'QLinearConv', inputs: [typed('uint8', 1, 3, 8, 8), real(0.1), small('uint8', [], [0]), small('uint8', [4, 3, 3, 3], Array<number>(108).fill(1)), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])], attributes: { pads: ints([1, 1, 1, 1]) } },
  { op: 'QLinearMatMul', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), typed('uint8', 3, 4), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])] },
  { op: 'QLinearAdd', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), typed('uint8', 3), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])] },
  { op: 'QLinearConcat', domain: 'com.microsoft', inputs: [real(0.1), small('uint8', [], [0]), typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), typed('uint8', 2, 5), real(0.1), small('uint8', [], [0])], attributes: { axis: int(1) } },
  { op: 'QLinearGlobalAveragePool', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3, 4, 5), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])] },
  { op: 'QLinearAveragePool', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3, 8, 8), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]) } },
  { op: 'QLinearSigmoid', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])] },
  { op: 'QLinearMul', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), typed('uint8', 3), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])] },
  { op: 'QLinearLeakyRelu', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])] },
  { op: 'QLinearSoftmax', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), real(0.1), small('uint8', [], [0])], attributes: { opset: int(13), axis: int(-1) } },
  { op: 'QuantizeLinear', domain: 'com.microsoft', inputs: [of(2, 3), real(0.1), small('int8', [], [0])] },
  { op: 'DequantizeLinear', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [3])] },
  { op: 'MatMulIntegerToFloat', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), small('uint8', [3, 4], Array<number>(12).fill(1)), real(0.1), real(0.1)] },
  { op: 'QGemm', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), small('uint8', [4, 3], Array<number>(12).fill(1)), real(0.1), small('uint8', [], [0]), null, real(0.1), small('uint8', [], [0])], attributes: { transB: int(1) } },
  { op: 'QGemm', domain: 'com.microsoft', inputs: [typed('uint8', 2, 3), real(0.1), small('uint8', [], [0]), small('uint8', [4, 3], Array<number>(12).fill(1)), real(0.1), small('uint8', [], [0])], attributes: { transB: int(1) } },
  { op: 'DynamicQuantizeMatMul', domain: 'com.microsoft', inputs: [of(2, 3), small('uint8', [3, 4], Array<number>(12).fill(1)), real(0.1), small('uint8', [], [0])] },
  // Convolution and pooling
  { op: 'FusedConv', domain: 'com.microsoft', inputs: [of(1, 3, 8, 8), { constant: float32Tensor([4, 3, 3, 3], Array<number>(108).fill(1)) }], attributes: { activation: string('Relu'), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
  { op: 'DeformConv', opset: 19, inputs: [of(1, 3, 8, 8), of(4, 3, 3, 3), of(1, 18, 6, 6)] },
  { op: 'Conv', inputs: [of(1, 4, 9), of(6, 2, 3)], attributes: { group: int(2), dilations: ints([2]) } },
  { op: 'Conv', inputs: [of(1, 2, 5, 6, 7), of(3, 2, 3, 2, 1)], attributes: { strides: ints([2, 1, 3]), pads: ints([1, 0, 0, 0, 1, 2]) } },
  { op: 'ConvTranspose', inputs: [of(1, 4, 5, 6), of(4, 3, 3, 3)], attributes: { strides: ints([2, 3]), pads: ints([1, 0, 0, 1]), output_padding: ints([1, 2]), group: int(2) } },
  { op: 'ConvTranspose', inputs: [of(1, 4, 5, 6), of(4, 3, 3, 3)], attributes: { strides: ints([2, 2]), output_shape: ints([10, 12]) } },
  { op: 'ConvTranspose', inputs: [of(1, 4, 5, 6), of(4, 3, 3, 2)], attributes: { strides: ints([2, 3]), auto_pad: string('SAME_UPPER') } },
  { op: 'ConvTranspose', inputs: [of(1, 4, 5), of(4, 3, 3)], attributes: { strides: ints([2]), auto_pad: string('VALID') } },
  { op: 'MaxPool', inputs: [of(1, 2, 7, 8)], attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), ceil_mode: int(1) }, outputs: 2 },
  { op: 'MaxPool', inputs: [of(1, 2, 9)], attributes: { kernel_shape: ints([3]), dilations: ints([2]), pads: ints([1, 1]) } },
  { op: 'AveragePool', inputs: [of(1, 2, 7, 8)], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 3]), auto_pad: string('SAME_UPPER') } },
  { op: 'LpPool', inputs: [of(1, 2, 7, 8)], attributes: { kernel_shape: ints([3, 3]) } },
  ...['GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'].map((op): NodeCase => ({ op, inputs: [of(2, 3, 4, 5)] })),
  { op: 'MaxUnpool', inputs: [of(1, 1, 2, 2), small('int64', [1, 1, 2, 2], [0, 2, 8, 10])], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
  { op: 'MaxUnpool', inputs: [of(1, 1, 2, 2), small('int64', [1, 1, 2, 2], [0, 2, 8, 10]), list(1, 1, 5, 5)], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
  { op: 'RoiAlign', inputs: [of(1, 3, 8, 8), of(5, 4), small('int64', [5], [0, 0, 0, 0, 0])], attributes: { output_height: int(2), output_width: int(3) } },
  { op: 'MaxRoiPool', inputs: [of(1, 3, 8, 8), small('float32', [2, 5], [0, 0, 0, 4, 4, 0, 1, 1, 5, 5])], attributes: { pooled_shape: ints([2, 3]) } },
  { op: 'GridSample', inputs: [of(2, 3, 4, 5), of(2, 6, 7, 2)] },
  { op: 'AffineGrid', opset: 20, inputs: [of(2, 2, 3), list(2, 3, 4, 5)] },
  { op: 'Col2Im', opset: 18, inputs: [of(1, 12, 9), list(4, 4), list(2, 2)] },
  { op: 'DepthToSpace', inputs: [of(1, 8, 2, 3)], attributes: { blocksize: int(2) } },
  { op: 'SpaceToDepth', inputs: [of(1, 2, 4, 6)], attributes: { blocksize: int(2) } },
  { op: 'Resize', inputs: [of(1, 2, 5, 7), null, reals(1, 1, 1.7, 0.6)] },
  { op: 'Resize', inputs: [of(1, 2, 5, 7), null, null, list(1, 2, 9, 3)] },
  { op: 'Resize', opset: 10, inputs: [of(1, 2, 5, 7), reals(1, 1, 2, 3)] },
  { op: 'Resize', opset: 18, inputs: [of(1, 2, 5, 7), null, null, list(9, 9)], attributes: { axes: ints([2, 3]), keep_aspect_ratio_policy: string('not_larger') } },
  { op: 'Resize', opset: 18, inputs: [of(1, 2, 5, 7), null, null, list(9, 9)], attributes: { axes: ints([2, 3]), keep_aspect_ratio_policy: string('not_smaller') } },
  { op: 'Resize', opset: 18, inputs: [of(1, 2, 5, 7), null, reals(0.5, 2), null], attributes: { axes: ints([3, 2]) } },
  { op: 'Upsample', opset: 9, inputs: [of(1, 2, 5, 7), reals(1, 1, 2.5, 1.5)] },
  { op: 'Upsample', opset: 7, inputs: [of(1, 2, 5, 7)], attributes: { scales: floats([1, 1, 2, 2]) } },
  { op: 'CenterCropPad', opset: 18, inputs: [of(4, 6, 3), list(5, 2)], attributes: { axes: ints([0, 1]) } },
  // Matrices
  { op: 'Gemm', inputs: [of(3, 2), of(4, 3), of(4)], attributes: { transA: int(1), transB: int(1) } },
  { op: 'MatMul', inputs: [of(2, 1, 3, 4), of(5, 4, 6)] },
  { op: 'MatMul', inputs: [of(4), of(5, 4, 6)] },
  { op: 'MatMul', inputs: [of(3, 4), of(4)] },
  { op: 'MatMul', inputs: [of(4), of(4)] },
  { op: 'FusedMatMul', domain: 'com.microsoft', inputs: [of(2, 4, 3), of(2, 6, 4)], attributes: { transA: int(1), transB: int(1) } },
  { op: 'Einsum', inputs: [of(2, 3, 4), of(2, 4, 5)], attributes: { equation: string('bij, bjk -> bik') } },
  { op: 'Einsum', inputs: [of(2, 7, 3, 4), of(1, 7, 4, 5)], attributes: { equation: string('...ij,...jk->...ik') } },
  { op: 'Einsum', inputs: [of(3, 4), of(4, 5)], attributes: { equation: string('ij,jk') } },
  { op: 'Einsum', inputs: [of(3, 3)], attributes: { equation: string('ii->i') } },
  { op: 'Det', inputs: [of(2, 3, 3)] },
  // Reductions
  ...['ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSumSquare'].flatMap((op): NodeCase[] => [
    { op, inputs: [of(2, 3, 4)], attributes: { axes: ints([-1, 0]), keepdims: int(0) } },
    { op, opset: 18, inputs: [of(2, 3, 4), list(1)] },
    { op, inputs: [of(2, 3, 4)] },
  ]),
  { op: 'ReduceSum', inputs: [of(2, 3, 4), list(-1)], attributes: { keepdims: int(0) } },
  { op: 'ReduceSum', opset: 11, inputs: [of(2, 3, 4)], attributes: { axes: ints([1]) } },
  { op: 'ReduceSum', inputs: [of(2, 3, 4)], attributes: { noop_with_empty_axes: int(1) } },
  { op: 'ArgMax', inputs: [of(2, 3, 4)], attributes: { axis: int(-1), keepdims: int(0) } },
  { op: 'ArgMin', inputs: [of(2, 3, 4)], attributes: { axis: int(1) } },
  { op: 'TopK', inputs: [of(2, 9), list(4)], outputs: 2 },
  { op: 'TopK', opset: 9, inputs: [of(2, 9)], attributes: { k: int(3) }, outputs: 2 },
  // Shapes
  { op: 'Shape', inputs: [of(2, 3, 4)] },
  { op: 'Shape', inputs: [of(2, 3, 4)], attributes: { start: int(-2), end: int(9) } },
  { op: 'Size', inputs: [of(2, 3, 4)] },
  { op: 'Reshape', inputs: [of(2, 3, 4), list(0, -1)] },
  { op: 'Reshape', inputs: [of(2, 3, 4), list(4, 1, 6)] },
  { op: 'Flatten', inputs: [of(2, 3, 4)] },
  { op: 'Flatten', inputs: [of(2, 3, 4)], attributes: { axis: int(0) } },
  { op: 'Flatten', inputs: [of(2, 3, 4)], attributes: { axis: int(3) } },
  { op: 'Flatten', inputs: [of(2, 3, 4)], attributes: { axis: int(-1) } },
  { op: 'Transpose', inputs: [of(2, 3, 4)] },
  { op: 'Transpose', inputs: [of(2, 3, 4)], attributes: { perm: ints([1, 0, 2]) } },
  { op: 'Squeeze', inputs: [of(1, 3, 1)] },
  { op: 'Squeeze', inputs: [of(1, 3, 1), list(-1)] },
  { op: 'Squeeze', opset: 11, inputs: [of(1, 3, 1)], attributes: { axes: ints([0]) } },
  { op: 'Unsqueeze', inputs: [of(2, 3), list(0, -1)] },
  { op: 'Unsqueeze', opset: 11, inputs: [of(2, 3)], attributes: { axes: ints([1, 2]) } },
  { op: 'Concat', inputs: [of(2, 3), of(2, 1), of(2, 4)], attributes: { axis: int(-1) } },
  { op: 'Split', inputs: [of(2, 6)], attributes: { axis: int(1) }, outputs: 3 },
  { op: 'Split', inputs: [of(2, 6), list(1, 5)], attributes: { axis: int(1) }, outputs: 2 },
  { op: 'Split', opset: 11, inputs: [of(2, 6)], attributes: { axis: int(-1), split: ints([4, 2]) }, outputs: 2 },
  { op: 'Split', opset: 18, inputs: [of(2, 7)], attributes: { axis: int(1), num_outputs: int(3) }, outputs: 3 },
  { op: 'Slice', inputs: [of(5, 6, 7), list(1, -1), list(4, -99), list(0, 2), list(2, -1)] },
  { op: 'Slice', inputs: [of(5, 6), list(-3), list(99)] },
  { op: 'Slice', opset: 9, inputs: [of(5, 6)], attributes: { starts: ints([1]), ends: ints([-1]), axes: ints([1]) } },
  { op: 'Pad', inputs: [of(2, 3), list(0, 1, 2, 3)] },
  { op: 'Pad', inputs: [of(2, 5), list(0, -1, 0, -1)] },
  { op: 'Pad', opset: 18, inputs: [of(2, 3, 4), list(1, 2), null, list(-1)] },
  { op: 'Pad', opset: 10, inputs: [of(2, 3)], attributes: { pads: ints([1, 1, 1, 1]) } },
  { op: 'Expand', inputs: [of(3, 1), list(2, 1, 4)] },
  { op: 'Tile', inputs: [of(2, 3), list(2, 1)] },
  { op: 'Range', inputs: [scalar(1), scalar(10), scalar(4)] },
  { op: 'Range', inputs: [scalar(10), scalar(1), scalar(-3)] },
  { op: 'Constant', inputs: [], attributes: { value: tensor(float32Tensor([2, 2], [1, 2, 3, 4])) } },
  { op: 'Constant', inputs: [], attributes: { value_ints: ints([1, 2]) } },
  { op: 'Constant', inputs: [], attributes: { value_float: float(2) } },
  { op: 'ConstantOfShape', inputs: [list(2, 3)], attributes: { value: tensor(int64Tensor([1], [7])) } },
  { op: 'ConstantOfShape', inputs: [list(2, 3)] },
  { op: 'EyeLike', inputs: [of(2, 3)], attributes: { dtype: int(6) } },
  { op: 'RandomNormal', inputs: [], attributes: { shape: ints([2, 3]) } },
  { op: 'RandomUniform', inputs: [], attributes: { shape: ints([2, 3]), dtype: int(11) } },
  { op: 'RandomNormalLike', inputs: [of(2, 3)] },
  { op: 'RandomUniformLike', inputs: [of(2, 3)] },
  { op: 'Bernoulli', inputs: [of(2, 3)] },
  { op: 'Multinomial', inputs: [of(2, 3)], attributes: { sample_size: int(5) } },
  // Indexing
  { op: 'Gather', inputs: [of(4, 5, 6), small('int64', [2, 2], [0, 1, 2, 3])], attributes: { axis: int(1) } },
  { op: 'Gather', inputs: [of(4, 5), scalar(-1)] },
  { op: 'GatherElements', inputs: [of(4, 5), small('int64', [2, 5], Array<number>(10).fill(1))] },
  { op: 'GatherND', inputs: [of(2, 3, 4), small('int64', [2, 1], [0, 1])], attributes: { batch_dims: int(1) } },
  { op: 'GatherND', inputs: [of(2, 3, 4), small('int64', [5, 2], Array<number>(10).fill(1))] },
  { op: 'ScatterElements', inputs: [of(4, 5), small('int64', [1, 2], [0, 1]), of(1, 2)] },
  { op: 'ScatterND', inputs: [of(4, 5), small('int64', [2, 1], [0, 1]), of(2, 5)] },
  { op: 'OneHot', inputs: [small('int64', [2, 3], [0, 1, 2, 0, 1, 2]), scalar(4), reals(0, 1)], attributes: { axis: int(1) } },
  { op: 'Scatter', opset: 9, inputs: [of(4, 5), small('int64', [1, 2], [0, 1]), of(1, 2)] },
  { op: 'Compress', inputs: [of(4, 5), small('bool', [4], [1, 0, 1, 1])], attributes: { axis: int(0) } },
  { op: 'Compress', inputs: [of(4, 5), small('bool', [4], [1, 0, 1, 1])] },
  { op: 'NonZero', inputs: [of(4, 5)] },
  { op: 'Unique', inputs: [of(4, 5)], outputs: 4 },
  { op: 'Unique', inputs: [of(4, 5)], outputs: 1, attributes: { axis: int(-1) } },
  { op: 'NonMaxSuppression', inputs: [small('float32', [1, 2, 4], [0, 0, 1, 1, 2, 2, 3, 3]), small('float32', [1, 1, 2], [0.9, 0.8]), list(5)] },
  // Recurrent
  ...([['LSTM', 4, 3], ['GRU', 3, 2], ['RNN', 1, 2]] as const).flatMap(([op, gates, outputs]): NodeCase[] => [
    { op, inputs: [of(5, 2, 3), of(1, gates * 6, 3), of(1, gates * 6, 6)], attributes: { hidden_size: int(6) }, outputs },
    { op, inputs: [of(5, 2, 3), of(2, gates * 6, 3), of(2, gates * 6, 6)], attributes: { hidden_size: int(6), direction: string('bidirectional') }, outputs },
  ]),
  { op: 'Attention', opset: 23, inputs: [of(2, 3, 8), of(2, 5, 8), of(2, 5, 12)], attributes: { q_num_heads: int(2), kv_num_heads: int(2) } },
  { op: 'Attention', opset: 23, inputs: [of(2, 4, 3, 8), of(2, 4, 5, 8), of(2, 4, 5, 6)] },
  { op: 'Attention', domain: 'com.microsoft', inputs: [of(2, 3, 8), of(8, 24), of(24)], attributes: { num_heads: int(2) } },
  { op: 'MultiHeadAttention', domain: 'com.microsoft', inputs: [of(2, 3, 8), of(2, 5, 8), of(2, 5, 8)], attributes: { num_heads: int(2) } },
  { op: 'SoftmaxCrossEntropyLoss', inputs: [of(4, 5), typed('int64', 4)], outputs: 2 },
  { op: 'SoftmaxCrossEntropyLoss', inputs: [of(4, 5, 2), typed('int64', 4, 2)], attributes: { reduction: string('none') } },
  { op: 'NegativeLogLikelihoodLoss', inputs: [of(4, 5), typed('int64', 4)] },
  { op: 'DFT', inputs: [of(2, 8, 1)], attributes: { axis: int(1), onesided: int(1) } },
]

/** Operators that onnxruntime's CPU provider does not run (or not any more), and fused forms that share a rule with one that runs here. */
const notRunHere: ReadonlySet<string> = new Set([
  'ImageScaler', 'ParametricSoftplus', 'RotaryEmbedding', 'ScaledTanh', 'Swish', 'TensorScatter', 'BitCast',
  'com.microsoft::BiasSoftmax', 'com.microsoft::FusedGemm', 'com.microsoft::GridSample', 'com.microsoft::GroupNorm', 'com.microsoft::Inverse', 'com.microsoft::LayerNormalization',
  'com.microsoft::QAttention', 'com.microsoft::QLinearConv', 'com.microsoft::QLinearReduceMean', 'com.microsoft::QLinearWhere', 'com.microsoft::RotaryEmbedding',
  'com.microsoft::SimplifiedLayerNormalization', 'com.microsoft::SkipSimplifiedLayerNormalization', 'com.microsoft::TransposeMatMul', 'com.microsoft::Trilu',
])

const dataDependent: ReadonlySet<string> = new Set(['Compress', 'NonMaxSuppression', 'NonZero', 'Unique'])

const describeCase = ({ op, domain, opset, attributes, inputs }: NodeCase): string =>
  `${domain ? `${domain}::` : ''}${op}${opset ? `-${opset}` : ''} of ${inputs.map((input) => (input === null ? '-' : 'dims' in input ? `[${input.dims.join()}]` : `constant [${input.constant.dims.join()}]`)).join(' ')} ${JSON.stringify(attributes ?? {}, (key, value: unknown) => (key === 'bytes' ? undefined : value))}`

describe('shape rules agree with onnxruntime', () => {
  it.each(cases.map((nodeCase) => [describeCase(nodeCase), nodeCase] as const))('%s', async (_, nodeCase) => {
    const facts = inferShapes(nodeModel(nodeCase))
    const results = await runNode(nodeCase)
    for (const [name, tensor] of Object.entries(results)) {
      const fact = facts.get(name)
      // Extents that depend on the data stay open.
      const open = dataDependent.has(nodeCase.op)
      expect({ name, dims: fact?.shape?.map((dim, axis) => (open && dim === null ? tensor.dims[axis] : dim)), type: fact?.dataType }).toEqual({ name, dims: [...tensor.dims], type: tensor.type })
    }
  })

  it('has a case for every operator with a rule, or says why not', () => {
    const covered = new Set(cases.map(({ op, domain }) => (domain ? `${domain}::${op}` : op)))
    expect(operatorsWithShapeRule().filter((op) => !covered.has(op) && !notRunHere.has(op))).toEqual([])
  })
})
