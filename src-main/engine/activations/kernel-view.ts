/** The weights of a convolution or dense layer, in whichever order the operator keeps them. */
import type { Layer } from '#contract/graph.ts'
import { intOf } from '../onnx/attributes.ts'
import { isStandard } from '../onnx/model.ts'
import type { Node } from '../onnx/model.ts'
import type { Network } from '../network/network.ts'

export interface KernelView {
  readonly layer: Layer
  readonly node: Node
  readonly dense: boolean
  readonly outputs: number
  readonly inputsPerGroup: number
  readonly groups: number
  /** Spatial extents: [3, 3]; empty for a dense layer. */
  readonly extent: readonly number[]
  /** Read when first asked for, and let go of when nobody holds it: the weights of a large network are not kept twice. */
  readonly data: Float32Array
  /** Where the kernel between an output and an input of its group begins; its elements lie one after the other. */
  offset(output: number, input: number): number
  /** The value it reads, and the axis along which its inputs lie. */
  readonly read: string
  readonly readAxis: number
  /** Rank of the value that it reads. */
  readonly readRank: number
}

/** Undefined for a layer without weights, or whose weights are computed at run time. */
export function kernelView(network: Network, layer: Layer): KernelView | undefined {
  if (layer.weight === undefined) return undefined
  const names = new Set(layer.nodes)
  for (const node of network.original.graph.nodes) {
    if (!names.has(node.name || (node.outputs[0] ?? ''))) continue
    const view = viewOfNode(network, layer, node)
    if (view) return view
  }
  return undefined
}

function viewOfNode(network: Network, layer: Layer, node: Node): KernelView | undefined {
  if (!isStandard(node)) return undefined
  const [read = '', weight = ''] = node.inputs
  const dims = network.original.graph.initializers.get(weight)?.dims ?? network.constant(weight)?.dims
  if (!dims) return undefined
  switch (node.opType) {
    case 'Conv': case 'ConvTranspose': {
      const [first = 1, second = 1, ...extent] = dims
      const groups = intOf(node, 'group', 1)
      const area = extent.reduce((product, dim) => product * dim, 1)
      const shared = { layer, node, dense: false, groups, extent, read, readAxis: 1, readRank: dims.length }
      if (node.opType === 'Conv') return withData(network, weight, { ...shared, outputs: first, inputsPerGroup: second, offset: (output, input) => (output * second + input) * area })
      // Weights of a transposed convolution: [inputs, outputs per group, ...].
      const inputsPerGroup = first / groups
      return withData(network, weight, { ...shared, outputs: second * groups, inputsPerGroup, offset: (output, input) => ((Math.floor(output / second) * inputsPerGroup + input) * second + (output % second)) * area })
    }
    case 'Gemm': case 'MatMul': {
      const [rows = 1, columns = 1] = dims
      if (dims.length !== 2) return undefined
      const transposed = node.opType === 'Gemm' && intOf(node, 'transB', 0) === 1
      const [inputs, outputs] = transposed ? [columns, rows] : [rows, columns]
      const rank = node.opType === 'Gemm' ? 2 : (network.facts.get(read)?.shape?.length ?? 2)
      return withData(network, weight, {
        layer, node, dense: true, groups: 1, extent: [], outputs, inputsPerGroup: inputs, read, readAxis: rank - 1, readRank: rank,
        offset: transposed ? (output, input) => output * inputs + input : (output, input) => input * outputs + output,
      })
    }
    default: return undefined
  }
}

function withData(network: Network, weight: string, view: Omit<KernelView, 'data'>): KernelView {
  let held: WeakRef<Float32Array> | undefined
  return {
    ...view,
    get data() {
      const known = held?.deref()
      if (known) return known
      const data = network.constant(weight)?.data ?? new Float32Array()
      held = new WeakRef(data)
      return data
    },
  }
}

export const inputsOf = ({ inputsPerGroup, groups }: KernelView): number => inputsPerGroup * groups
export const areaOf = ({ extent }: KernelView): number => extent.reduce((product, dim) => product * dim, 1)

/** The first input channel that an output reads. */
export const firstInputOf = ({ outputs, groups, inputsPerGroup }: KernelView, output: number): number => Math.floor(output / (outputs / groups)) * inputsPerGroup

/** Sum and L1 norm of the weights between an output and an input of its group. `data` is the view's, held by the caller. */
export function connection(view: KernelView, data: Float32Array, output: number, input: number): { readonly sum: number; readonly norm: number } {
  const start = view.offset(output, input)
  const end = start + areaOf(view)
  let sum = 0, norm = 0
  for (let at = start; at < end; at++) {
    const value = data[at]!
    sum += value
    norm += Math.abs(value)
  }
  return { sum, norm }
}

/** L2 norm of everything that leads to each output. */
export function kernelNorms(view: KernelView): number[] {
  const area = areaOf(view)
  const { data } = view
  return Array.from({ length: view.outputs }, (_, output) => {
    let sum = 0
    for (let input = 0; input < view.inputsPerGroup; input++) {
      const start = view.offset(output, input)
      for (let at = start; at < start + area; at++) sum += data[at]! ** 2
    }
    return Math.sqrt(sum)
  })
}
