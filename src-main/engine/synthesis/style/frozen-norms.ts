/**
 * Instance normalization takes its mean and variance over the whole picture; a tile would take its own, and neighbours would differ in brightness. Measured once on
 * the whole picture (as large as fits), they are written into the graph: y = x s / sqrt(v + eps) + (b - m s / sqrt(v + eps)) (Ulyanov et al. 2016, arXiv:1607.08022, eq. 1).
 */
import { attributesOf, floatOf, int } from '../../onnx/attributes.ts'
import { isStandard } from '../../onnx/model.ts'
import type { Model, Node, Tensor } from '../../onnx/model.ts'
import { float32Of, float32Tensor, int64Tensor } from '../../onnx/tensor-data.ts'
import { topologicallySorted } from '../../onnx/order.ts'

export interface Norm { readonly mean: Float32Array; readonly variance: Float32Array }

const isInstanceNorm = (node: Node): boolean => node.opType === 'InstanceNormalization' && isStandard(node)
const meanOf = (node: Node): string => `${node.outputs[0] ?? ''}/mean`
const squareOf = (node: Node): string => `${node.outputs[0] ?? ''}/square`

export const hasInstanceNorms = ({ graph }: Model): boolean => graph.nodes.some(isInstanceNorm)

/** The model with the mean and the mean square of what every normalization reads as further outputs. */
export function withNormOutputs(model: Model): Model {
  const axes = 'phosphene/norm-axes'
  const node = (opType: string, inputs: readonly string[], output: string): Node => ({ name: output, opType, domain: '', inputs, outputs: [output], attributes: attributesOf(opType === 'ReduceMean' ? { keepdims: int(0) } : {}) })
  const norms = model.graph.nodes.filter(isInstanceNorm)
  const measuring = norms.flatMap((norm) => {
    const read = norm.inputs[0] ?? ''
    return [node('ReduceMean', [read, axes], meanOf(norm)), node('Mul', [read, read], `${squareOf(norm)}d`), node('ReduceMean', [`${squareOf(norm)}d`, axes], squareOf(norm))]
  })
  const { graph } = model
  return {
    ...model,
    graph: {
      ...graph, nodes: topologicallySorted([...graph.nodes, ...measuring]), initializers: new Map<string, Tensor>([...graph.initializers, [axes, int64Tensor([2], [2, 3])]]),
      outputs: [...graph.outputs, ...norms.flatMap((norm) => [meanOf(norm), squareOf(norm)].map((name) => ({ name })))],
    },
  }
}

/** What a run of `withNormOutputs` found, by the normalization's output. */
export function normsIn(model: Model, results: Readonly<Record<string, { readonly data: unknown }>>): ReadonlyMap<string, Norm> {
  return new Map(model.graph.nodes.filter(isInstanceNorm).map((node) => {
    const [mean, square] = [results[meanOf(node)]?.data as Float32Array, results[squareOf(node)]?.data as Float32Array]
    return [node.outputs[0] ?? '', { mean, variance: mean.map((value, channel) => Math.max(0, (square[channel] ?? 0) - value * value)) }]
  }))
}

/** The model with those statistics in place of the tile's own. Scales and biases that are computed stay as they are. */
export function withFrozenNorms(model: Model, norms: ReadonlyMap<string, Norm>): Model {
  const initializers = new Map(model.graph.initializers)
  const nodes = model.graph.nodes.flatMap((node): readonly Node[] => {
    const [read = '', scaleName = '', biasName = ''] = node.inputs
    const output = node.outputs[0] ?? ''
    const [norm, scale, bias] = [norms.get(output), initializers.get(scaleName), initializers.get(biasName)]
    if (!isInstanceNorm(node) || !norm || !scale || !bias) return [node]
    const [factor, offset] = [float32Of(scale).slice(), float32Of(bias).slice()]
    const epsilon = floatOf(node, 'epsilon', 1e-5)
    for (let channel = 0; channel < factor.length; channel++) {
      factor[channel]! /= Math.sqrt(norm.variance[channel]! + epsilon)
      offset[channel]! -= norm.mean[channel]! * factor[channel]!
    }
    const dims = [1, factor.length, 1, 1]
    initializers.set(`${output}/factor`, float32Tensor(dims, factor))
    initializers.set(`${output}/offset`, float32Tensor(dims, offset))
    const made = (name: string, opType: string, inputs: readonly string[], result: string): Node => ({ name, opType, domain: '', inputs, outputs: [result], attributes: attributesOf({}) })
    return [made(`${output}/scaled`, 'Mul', [read, `${output}/factor`], `${output}/scaled`), made(`${output}/shifted`, 'Add', [`${output}/scaled`, `${output}/offset`], output)]
  })
  return { ...model, graph: { ...model.graph, nodes, initializers } }
}
