/** A forward graph under construction: nodes with readable names, parameters with seeded initial values, and what training adds. */
import { AppError, invariant } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import type { Random } from '../lib/random.ts'
import { attributesOf, int, ints } from '../onnx/attributes.ts'
import type { Attribute, Dim, Node, Tensor } from '../onnx/model.ts'
import { elementCount, float32Tensor, int64Tensor } from '../onnx/tensor-data.ts'
import { buildActivation, gainOf } from './activation.ts'
import type { Activation } from './activation.ts'

/** A value of the network: its name and its shape behind the batch axis. */
export interface Flow { readonly name: string; readonly dims: readonly number[] }

/** 'training': statistics of the batch, dropout on. 'inference': running averages, dropout gone. */
export type Mode = 'training' | 'inference'

/** One layer as people see it: linear map, normalisation, activation and dropout together. */
export interface BuiltLayer {
  readonly id: string
  readonly notation: string
  readonly title: string
  readonly dims: readonly number[]
  readonly parameters: number
  /** The weight that is shown as kernels. */
  readonly kernel?: string
  /** The value behind the activation. */
  readonly output: string
  readonly activation: Activation
}

/** State that the forward pass itself moves on: running statistics. */
export interface RunningState { readonly initial: Tensor; readonly next: string }

/** A mask that is fed at every step: 0 with probability `rate`, else 1 / (1 - rate). */
export interface MaskInput { readonly name: string; readonly dims: readonly number[]; readonly rate: number }

export interface BuilderOptions {
  readonly random: Random
  readonly mode: Mode
  readonly batch: Dim
  readonly initialization?: Recipe['initialization']
}

export interface ConvolutionOptions {
  readonly stride?: number
  /** Pixels on every side; 'same' keeps the extent at stride 1. */
  readonly padding?: number | 'same'
  readonly dilation?: number
  readonly groups?: number
  /** Variance of the initial kernel times its fan-in, instead of the initialisation's. */
  readonly gain?: number
  readonly smoothness?: number
  readonly bias?: boolean
  /** What follows: decides the initial variance. */
  readonly activation?: Activation
}

/** Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1; PyTorch's defaults. */
const normalizationEpsilon = 1e-5
/** Share of the batch's statistics in the running averages at every step. */
const normalizationMomentum = 0.1

export class NetworkBuilder {
  readonly nodes: Node[] = []
  readonly parameters = new Map<string, Tensor>()
  readonly constants = new Map<string, Tensor>()
  readonly running = new Map<string, RunningState>()
  readonly masks: MaskInput[] = []
  readonly layers: BuiltLayer[] = []
  /** Strength of the smoothness prior, by kernel. */
  readonly smoothness = new Map<string, number>()
  readonly mode: Mode
  readonly batch: Dim
  readonly #random: Random
  readonly #initialization: Recipe['initialization']

  constructor({ random, mode, batch, initialization = 'he' }: BuilderOptions) {
    this.#random = random
    this.mode = mode
    this.batch = batch
    this.#initialization = initialization
  }

  node(opType: string, name: string, inputs: readonly string[], dims: readonly number[], attributes: Readonly<Record<string, Attribute | undefined>> = {}): Flow {
    this.nodes.push({ name, opType, domain: '', inputs, outputs: [name], attributes: attributesOf(attributes) })
    return { name, dims }
  }

  constant(name: string, tensor: Tensor): string {
    this.constants.set(name, tensor)
    return name
  }

  // --- parameters ---------------------------------------------------------------------------------------------------

  /**
   * A kernel with `fanIn` inputs and `fanOut` outputs an element. `gain` is the variance times the fan-in; without it, of the recipe's choice:
   * He et al. 2015 (arXiv:1502.01852, eq. 10) 2 before a rectifier and 1 elsewhere; LeCun et al. 1998 (Efficient BackProp, eq. 16) 1;
   * Glorot and Bengio 2010 (eq. 16) uniform with variance 2 / (fan-in + fan-out).
   */
  weight(name: string, dims: readonly number[], fanIn: number, { fanOut = fanIn, gain, activation = 'linear' }: { readonly fanOut?: number; readonly gain?: number | undefined; readonly activation?: Activation } = {}): string {
    const count = elementCount(dims)
    const draw = this.#initializer(fanIn, fanOut, gain, activation)
    this.#addParameter(name, float32Tensor(dims, Float32Array.from({ length: count }, draw)))
    return name
  }

  #initializer(fanIn: number, fanOut: number, gain: number | undefined, activation: Activation): () => number {
    const normal = (deviation: number) => (): number => this.#random.normal(0, deviation)
    if (gain !== undefined) return normal(Math.sqrt(gain / fanIn))
    switch (this.#initialization) {
      case 'zero': return () => 0
      case 'glorot': {
        const limit = Math.sqrt(6 / (fanIn + fanOut))
        return () => this.#random.uniform(-limit, limit)
      }
      case 'lecun': return normal(Math.sqrt(1 / fanIn))
      case 'he': return normal(Math.sqrt(gainOf(activation) / fanIn))
    }
  }

  vector(name: string, length: number, value: number): string {
    this.#addParameter(name, float32Tensor([length], new Float32Array(length).fill(value)))
    return name
  }

  #addParameter(name: string, tensor: Tensor): void {
    if (this.parameters.has(name)) throw new AppError('option-invalid', `Two layers of the network are named '${name.slice(0, name.lastIndexOf('.'))}'.`)
    this.parameters.set(name, tensor)
  }

  // --- layers -------------------------------------------------------------------------------------------------------

  /** [C, H, W] to [channels, H', W']. */
  convolution(name: string, input: Flow, channels: number, kernel: readonly [number, number], { stride = 1, padding = 'same', dilation = 1, groups = 1, gain, smoothness = 0, bias = true, activation = 'linear' }: ConvolutionOptions = {}): Flow {
    const [inputs, height, width] = mapsOf(input, name)
    if (inputs % groups !== 0 || channels % groups !== 0) throw new AppError('option-invalid', `${name}: ${groups} groups do not divide ${inputs} input and ${channels} output channels.`)
    const pads = kernel.map((taps) => (padding === 'same' ? Math.floor(((taps - 1) * dilation + 1) / 2) : padding))
    const extent = (size: number, axis: 0 | 1): number => Math.floor((size + 2 * (pads[axis] ?? 0) - ((kernel[axis] - 1) * dilation + 1)) / stride) + 1
    const dims = [channels, extent(height, 0), extent(width, 1)]
    checkExtent(dims, name, input, `a ${kernel.join('×')} convolution`)
    const taps = kernel[0] * kernel[1]
    const weight = this.weight(`${name}.weight`, [channels, inputs / groups, ...kernel], (inputs / groups) * taps, { fanOut: (channels / groups) * taps, gain, activation })
    if (smoothness > 0) this.smoothness.set(weight, smoothness)
    return this.node('Conv', `${name}/Conv`, [input.name, weight, ...(bias ? [this.vector(`${name}.bias`, channels, 0)] : [])], dims, {
      kernel_shape: ints(kernel), strides: ints([stride, stride]), pads: ints([...pads, ...pads]),
      ...(dilation === 1 ? {} : { dilations: ints([dilation, dilation]) }), ...(groups === 1 ? {} : { group: int(groups) }),
    })
  }

  /** [C, H, W] to [channels, (H - 1) stride + kernel - 2 padding + extra, ...]. */
  transposedConvolution(name: string, input: Flow, channels: number, kernel: number, { stride, padding, outputPadding, bias, activation }: { readonly stride: number; readonly padding: number; readonly outputPadding: number; readonly bias: boolean; readonly activation: Activation }): Flow {
    const [inputs, height, width] = mapsOf(input, name)
    const extent = (size: number): number => (size - 1) * stride + kernel - 2 * padding + outputPadding
    const dims = [channels, extent(height), extent(width)]
    checkExtent(dims, name, input, 'a transposed convolution')
    // Every output element meets kernel² / stride² taps of every input channel.
    const taps = (kernel * kernel) / (stride * stride)
    const weight = this.weight(`${name}.weight`, [inputs, channels, kernel, kernel], inputs * taps, { fanOut: channels * taps, activation })
    return this.node('ConvTranspose', `${name}/ConvTranspose`, [input.name, weight, ...(bias ? [this.vector(`${name}.bias`, channels, 0)] : [])], dims, {
      kernel_shape: ints([kernel, kernel]), strides: ints([stride, stride]), pads: ints([padding, padding, padding, padding]), output_padding: ints([outputPadding, outputPadding]),
    })
  }

  dense(name: string, input: Flow, units: number, { bias = true, activation = 'linear' }: { readonly bias?: boolean; readonly activation?: Activation } = {}): Flow {
    const flat = this.flatten(`${name}/Flatten`, input)
    const [features = 0] = flat.dims
    const weight = this.weight(`${name}.weight`, [units, features], features, { fanOut: units, activation })
    return this.node('Gemm', `${name}/Gemm`, [flat.name, weight, ...(bias ? [this.vector(`${name}.bias`, units, 0)] : [])], [units], { transB: int(1) })
  }

  flatten(name: string, input: Flow): Flow {
    return input.dims.length === 1 ? input : this.node('Flatten', name, [input.name], [elementCount(input.dims)], { axis: int(1) })
  }

  reshape(name: string, input: Flow, dims: readonly number[]): Flow {
    if (elementCount(dims) !== elementCount(input.dims)) throw new AppError('option-invalid', `${name}: [${input.dims.join(', ')}] holds ${elementCount(input.dims)} numbers, which do not fill [${dims.join(', ')}].`)
    return this.node('Reshape', name, [input.name, this.constant(`${name}/shape`, int64Tensor([dims.length + 1], [0, ...dims]))], dims)
  }

  activation(name: string, input: Flow, activation: Activation): Flow {
    return buildActivation(this, name, input, activation)
  }

  /**
   * Batch normalisation over the batch and every position of a channel. Training: one node with statistics of the batch, which `differentiate`
   * knows and writes in primitives where the device has no such kernel. Its running averages are state.
   */
  batchNormalization(name: string, input: Flow): Flow {
    const [channels = 0] = input.dims
    const scale = this.vector(`${name}.weight`, channels, 1)
    const shift = this.vector(`${name}.bias`, channels, 0)
    const mean = `${name}.running_mean`
    const variance = `${name}.running_var`
    const output = `${name}/BatchNormalization`
    const training = this.mode === 'training'
    const outputs = [output, ...(training ? [`${mean}/next`, `${variance}/next`] : [])]
    this.running.set(mean, { initial: float32Tensor([channels], new Float32Array(channels)), next: `${mean}/next` })
    this.running.set(variance, { initial: float32Tensor([channels], new Float32Array(channels).fill(1)), next: `${variance}/next` })
    this.nodes.push({
      name: output, opType: 'BatchNormalization', domain: '', inputs: [input.name, scale, shift, mean, variance], outputs,
      attributes: attributesOf({ epsilon: { kind: 'float', value: normalizationEpsilon }, momentum: { kind: 'float', value: 1 - normalizationMomentum }, training_mode: training ? int(1) : undefined }),
    })
    return { name: output, dims: input.dims }
  }

  /** Inverted dropout (Srivastava et al. 2014, section 10, scaled at training): y = x m with the mask m fed. Gone at prediction. */
  dropout(name: string, input: Flow, rate: number): Flow {
    if (this.mode === 'inference' || rate === 0) return input
    const mask: MaskInput = { name: `${name}/mask`, dims: input.dims, rate }
    this.masks.push(mask)
    return this.node('Mul', `${name}/Dropout`, [input.name, mask.name], input.dims)
  }

  concat(name: string, flows: readonly Flow[]): Flow {
    const [first] = flows
    invariant(first, `${name} joins nothing`)
    if (flows.length === 1) return first
    const other = flows.find((flow) => flow.dims.length !== first.dims.length || flow.dims.slice(1).some((dim, axis) => dim !== first.dims[axis + 1]))
    if (other) throw new AppError('option-invalid', `${name}: branches of [${first.dims.join(', ')}] and [${other.dims.join(', ')}] cannot stand side by side: only their channels may differ.`)
    return this.node('Concat', name, flows.map((flow) => flow.name), [flows.reduce((sum, flow) => sum + (flow.dims[0] ?? 0), 0), ...first.dims.slice(1)], { axis: int(1) })
  }

  /** Records a layer; parameters are those named `id.*` and `id_bn.*`. */
  layer(layer: Omit<BuiltLayer, 'parameters'>): void {
    const parameters = [...this.parameters].reduce((sum, [name, tensor]) => (name.startsWith(`${layer.id}.`) || name.startsWith(`${layer.id}_bn.`) ? sum + elementCount(tensor.dims) : sum), 0)
    this.layers.push({ ...layer, parameters })
  }
}

function mapsOf(input: Flow, name: string): readonly [number, number, number] {
  const [channels = 0, height = 0, width = 0] = input.dims
  if (input.dims.length !== 3) throw new AppError('option-invalid', `${name} works on maps [channels, height, width]; it is given ${input.dims.length === 1 ? `${input.dims[0] ?? 0} numbers` : `[${input.dims.join(', ')}]`}.`)
  return [channels, height, width]
}

export function checkExtent(dims: readonly number[], name: string, input: Flow, what: string): void {
  if (dims.some((dim) => dim <= 0)) throw new AppError('option-invalid', `${name}: nothing is left of maps of ${input.dims.slice(1).join('×')} after ${what}. Use a larger picture, padding (p), or fewer layers.`)
}
