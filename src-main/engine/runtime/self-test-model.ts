/** A small convolutional network, differentiated for a device: what a device must run, and agree with the CPU on. */
import { differentiate } from '../autodiff/differentiate.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { createRandom } from '../lib/random.ts'
import { attributesOf, ints } from '../onnx/attributes.ts'
import { ownModel } from '../onnx/model.ts'
import type { Attribute, Model, Node, Tensor } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { elementCount, float32Tensor } from '../onnx/tensor-data.ts'
import { writeModel } from '../onnx/write.ts'
import { floatTensor } from './host-tensor.ts'
import type { HostTensors } from './host-tensor.ts'

const random = () => createRandom(1)

/** 'small' (about 2 M multiply-accumulates forward) shows whether a device is right, 'large' (0.2 G) how fast it is. */
const sizes = { small: { extent: 32, channels: 16 }, large: { extent: 96, channels: 64 } } as const
export type SelfTestSize = keyof typeof sizes
const inputDimsOf = (size: SelfTestSize): number[] => [1, 3, sizes[size].extent, sizes[size].extent]

/** Uniform weights of a variance that keeps activations near 1 (He et al. 2015). */
function weights(dims: readonly number[], draw: ReturnType<typeof random>): Tensor {
  const fanIn = elementCount(dims.slice(1))
  return float32Tensor(dims, Float32Array.from({ length: elementCount(dims) }, () => draw.uniform(-1, 1) * Math.sqrt(6 / fanIn)))
}

/** Convolution, ReLU, overlapping and non-overlapping max pooling, Gemm. */
export function selfTestNetwork(size: SelfTestSize): Model {
  const { extent, channels } = sizes[size]
  const draw = random()
  const node = (opType: string, name: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): Node =>
    ({ name, opType, domain: '', inputs, outputs: [name], attributes: attributesOf(attributes) })
  const pads = ints([1, 1, 1, 1])
  const nodes = [
    node('Conv', 'conv1', ['picture', 'w1'], { pads }),
    node('Relu', 'relu1', ['conv1']),
    node('MaxPool', 'pool1', ['relu1'], { kernel_shape: ints([2, 2]), strides: ints([2, 2]) }),
    node('Conv', 'conv2', ['pool1', 'w2'], { pads }),
    node('Relu', 'relu2', ['conv2']),
    node('MaxPool', 'pool2', ['relu2'], { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads }),
    node('Flatten', 'flat', ['pool2']),
    node('Gemm', 'logits', ['flat', 'w3']),
  ]
  return ownModel({
    name: 'self-test', nodes, valueInfos: new Map(),
    inputs: [{ name: 'picture', type: { kind: 'tensor', dataType: 'float32', shape: inputDimsOf(size) } }],
    outputs: [{ name: 'logits', type: { kind: 'tensor', dataType: 'float32', shape: [1, 10] } }],
    initializers: new Map([['w1', weights([channels, 3, 3, 3], draw)], ['w2', weights([2 * channels, channels, 3, 3], draw)], ['w3', weights([2 * channels * (extent / 4) ** 2, 10], draw)]]),
  })
}

export interface SelfTest {
  readonly bytes: Uint8Array
  readonly feeds: HostTensors
  /** Outputs compared with the CPU's: value and gradient. */
  readonly outputs: readonly string[]
}

/** The gradient of one logit with respect to the picture, in the lowering of that device. */
export function selfTestFor(target: LoweringTarget, size: SelfTestSize): SelfTest {
  const model = selfTestNetwork(size)
  const backward = differentiate(model, inferShapes(model), { of: { kind: 'unit', tensor: 'logits', index: [3] }, wrt: ['picture'] }, { target })
  const draw = random()
  const inputDims = inputDimsOf(size)
  const picture = floatTensor(inputDims, Float32Array.from({ length: elementCount(inputDims) }, () => draw.uniform()))
  return { bytes: writeModel(backward.model), feeds: { picture }, outputs: [backward.value, ...backward.gradients.values()] }
}
