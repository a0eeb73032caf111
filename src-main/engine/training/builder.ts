/** A forward graph under construction: nodes with readable names, parameters with seeded initial values. */
import { invariant } from '#contract/errors.ts'
import type { Random } from '../lib/random.ts'
import { attributesOf, int, ints } from '../onnx/attributes.ts'
import type { Attribute, Node, Tensor } from '../onnx/model.ts'
import { elementCount, float32Tensor } from '../onnx/tensor-data.ts'

/** A value of the network: its name and its shape behind the batch axis. */
export interface Flow { readonly name: string; readonly dims: readonly number[] }

export class NetworkBuilder {
  readonly nodes: Node[] = []
  readonly parameters = new Map<string, Tensor>()
  /** Strength of the smoothness prior, by kernel. */
  readonly smoothness = new Map<string, number>()
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  node(opType: string, name: string, inputs: readonly string[], dims: readonly number[], attributes: Readonly<Record<string, Attribute | undefined>> = {}): Flow {
    this.nodes.push({ name, opType, domain: '', inputs, outputs: [name], attributes: attributesOf(attributes) })
    return { name, dims }
  }

  /** He et al. 2015 (arXiv:1502.01852), eq. 10: zero-mean normal of variance 2 / fan-in, for layers that a ReLU follows. */
  weight(name: string, dims: readonly number[], fanIn: number, gain = 2): string {
    const deviation = Math.sqrt(gain / fanIn)
    this.parameters.set(name, float32Tensor(dims, Float32Array.from({ length: elementCount(dims) }, () => this.#random.normal(0, deviation))))
    return name
  }

  zeros(name: string, length: number): string {
    this.parameters.set(name, float32Tensor([length], new Float32Array(length)))
    return name
  }

  /** Convolution with bias and ReLU over [C, H, W]; "same" padding, so that stride 1 keeps the extent. */
  convolution(name: string, input: Flow, channels: number, kernel: number, { stride = 1, gain = 2, smoothness = 0 }: { readonly stride?: number; readonly gain?: number; readonly smoothness?: number } = {}): Flow {
    const [inputs = 0, height = 0, width = 0] = input.dims
    const pad = Math.floor(kernel / 2)
    const extent = (size: number): number => Math.floor((size + 2 * pad - kernel) / stride) + 1
    const dims = [channels, extent(height), extent(width)]
    invariant(dims.every((dim) => dim > 0), `${name} has no output`)
    const weight = this.weight(`${name}.weight`, [channels, inputs, kernel, kernel], inputs * kernel * kernel, gain)
    if (smoothness > 0) this.smoothness.set(weight, smoothness)
    const convolved = this.node('Conv', `${name}/Conv`, [input.name, weight, this.zeros(`${name}.bias`, channels)], dims, {
      kernel_shape: ints([kernel, kernel]), strides: ints([stride, stride]), pads: ints([pad, pad, pad, pad]),
    })
    return this.node('Relu', `${name}/Relu`, [convolved.name], dims)
  }

  concat(name: string, flows: readonly Flow[]): Flow {
    const [first] = flows
    invariant(first, `${name} joins nothing`)
    return this.node('Concat', name, flows.map((flow) => flow.name), [flows.reduce((sum, flow) => sum + (flow.dims[0] ?? 0), 0), ...first.dims.slice(1)], { axis: int(1) })
  }
}

