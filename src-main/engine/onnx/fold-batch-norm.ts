/**
 * Conv followed by BatchNormalization (inference) as one Conv: with a = scale / sqrt(var + epsilon), kernel and bias of each filter
 * become a w and a (b - mean) + bias (Jacob et al. 2018, arXiv:1712.05877, sec. 3.2). onnxruntime does the same in a plain forward
 * pass, but not where a backward pass reads the value in between.
 */
import { floatOf, intOf } from './attributes.ts'
import { valuesReadBy } from './captures.ts'
import { isStandard, type Model, type Node, type Tensor } from './model.ts'
import { elementCount, float32Of, float32Tensor } from './tensor-data.ts'

const folding: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm'])

/** Folds wherever the value in between is read by the normalization alone and every weight is a float32 initializer; no value of `keep` is touched. */
export function foldBatchNormalization(model: Model, keep: ReadonlySet<string>): Model {
  const { graph } = model
  const readers = new Map<string, number>()
  for (const name of [...graph.nodes.flatMap(valuesReadBy), ...graph.outputs.map((output) => output.name)]) readers.set(name, (readers.get(name) ?? 0) + 1)
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output): [string, Node] => [output, node])))
  const weightOf = (name: string | undefined): Tensor | undefined => (name === undefined || keep.has(name) ? undefined : graph.initializers.get(name))
  const added = new Map<string, Tensor>()
  const replaced = new Map<Node, Node | undefined>()

  for (const norm of graph.nodes) {
    const [between = ''] = norm.inputs
    const [output = ''] = norm.outputs
    const linear = producers.get(between)
    if (norm.opType !== 'BatchNormalization' || !isStandard(norm) || norm.outputs.length > 1 || intOf(norm, 'training_mode', 0) === 1) continue
    if (!linear || !isStandard(linear) || !folding.has(linear.opType) || readers.get(between) !== 1 || keep.has(between)) continue
    const [weight, ...statistics] = [linear.inputs[1], ...norm.inputs.slice(1, 5)].map(weightOf)
    const bias = linear.inputs[2] ? weightOf(linear.inputs[2]) : null
    if (!weight || bias === undefined || statistics.length !== 4) continue
    const [scale, shift, mean, variance] = statistics
    if (!scale || !shift || !mean || !variance || [weight, scale, shift, mean, variance, ...(bias ? [bias] : [])].some((tensor) => tensor.dataType !== 'float32' || tensor.external)) continue
    const layout = layoutOf(linear, weight, elementCount(scale.dims))
    if (!layout || (bias && elementCount(bias.dims) !== layout.filters)) continue
    const folded = foldedWeights({ weight, bias, scale, shift, mean, variance, epsilon: floatOf(norm, 'epsilon', 1e-5), layout })
    const [weightName, biasName] = [`${output}/folded_weight`, `${output}/folded_bias`]
    added.set(weightName, folded.weight).set(biasName, folded.bias)
    replaced.set(norm, undefined)
    replaced.set(linear, { ...linear, inputs: [linear.inputs[0] ?? '', weightName, biasName], outputs: [output] })
  }
  if (added.size === 0) return model
  const nodes = graph.nodes.flatMap((node) => (replaced.has(node) ? (replaced.get(node) ?? []) : [node]))
  return { ...model, graph: { ...graph, nodes, initializers: new Map([...graph.initializers, ...added]) } }
}

/** Where a weight keeps each filter: `repeats` times `filters` runs of `run` numbers. */
interface Layout {
  readonly filters: number
  readonly run: number
  /** Filters of a ConvTranspose lie within each input channel's group. */
  readonly filterOf: (runIndex: number) => number
}

function layoutOf(linear: Node, weight: Tensor, channels: number): Layout | undefined {
  const [first = 1, second = 1, ...kernel] = weight.dims
  const run = elementCount(kernel)
  if (linear.opType === 'Conv') return first === channels ? { filters: first, run: second * run, filterOf: (index) => index } : undefined
  if (linear.opType === 'ConvTranspose') {
    const group = intOf(linear, 'group', 1)
    const perGroup = first / group
    return second * group === channels ? { filters: channels, run, filterOf: (index) => Math.floor(Math.floor(index / second) / perGroup) * second + (index % second) } : undefined
  }
  // Gemm without scaling of its own; alpha and beta would have to enter the bias.
  if (floatOf(linear, 'alpha', 1) !== 1 || floatOf(linear, 'beta', 1) !== 1) return undefined
  if (intOf(linear, 'transB', 0) === 1) return first === channels ? { filters: first, run: second, filterOf: (index) => index } : undefined
  return second === channels ? { filters: second, run: 1, filterOf: (index) => index % second } : undefined
}

interface Parts {
  readonly weight: Tensor
  readonly bias: Tensor | null
  readonly scale: Tensor
  readonly shift: Tensor
  readonly mean: Tensor
  readonly variance: Tensor
  readonly epsilon: number
  readonly layout: Layout
}
interface Folded {
  readonly weight: Tensor
  readonly bias: Tensor
}

/** Folding one model again gives the same tensors, so that sessions share one copy of them. */
const known = new WeakMap<Uint8Array, { readonly parts: Parts; readonly folded: Folded }[]>()

function foldedWeights(parts: Parts): Folded {
  const earlier = known.get(parts.weight.bytes) ?? []
  known.set(parts.weight.bytes, earlier)
  const same = earlier.find((entry) => entry.parts.epsilon === parts.epsilon && (['bias', 'scale', 'shift', 'mean', 'variance'] as const).every((part) => entry.parts[part]?.bytes === parts[part]?.bytes))
  if (same) return same.folded
  const folded = fold(parts)
  earlier.push({ parts, folded })
  return folded
}

function fold({ weight, bias, scale, shift, mean, variance, epsilon, layout }: Parts): Folded {
  const [scales, shifts, means, variances] = [scale, shift, mean, variance].map(float32Of)
  const biases = bias ? float32Of(bias) : undefined
  const factors = Array.from({ length: layout.filters }, (_, filter) => (scales?.[filter] ?? 1) / Math.sqrt((variances?.[filter] ?? 1) + epsilon))
  const weights = Float32Array.from(float32Of(weight))
  for (let start = 0, index = 0; start < weights.length; start += layout.run, index++) {
    const factor = factors[layout.filterOf(index)] ?? 1
    for (let at = start; at < start + layout.run; at++) weights[at] = (weights[at] ?? 0) * factor
  }
  const foldedBias = Float32Array.from(factors, (factor, filter) => factor * ((biases?.[filter] ?? 0) - (means?.[filter] ?? 0)) + (shifts?.[filter] ?? 0))
  return { weight: float32Tensor(weight.dims, weights), bias: float32Tensor([layout.filters], foldedBias) }
}
