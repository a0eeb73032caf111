/**
 * Where elements of a value come from, back through everything that only moves, joins, scales or pools: what a channel behind
 * pools, concatenations, residual additions, splits and channel shuffles was, where it was made. One element stands for its
 * channel, at the first position; all channels of a layer go back together.
 */
import { intOf, intsOf } from '../onnx/attributes.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { numbersOf } from '../onnx/tensor-data.ts'
import { isStandard } from '../onnx/model.ts'
import type { Node } from '../onnx/model.ts'
import type { GraphIndex } from '../onnx/graph.ts'
import type { Network } from '../network/network.ts'

/** Elements of one value, each with the number of the element that it was asked for. `at` holds one array of positions an axis. */
export interface Elements {
  readonly value: string
  readonly tags: Int32Array
  readonly at: readonly Int32Array[]
}

export interface Tracer {
  /** The elements of stop values that these are made of; nothing where the way back is not that simple. */
  trace(elements: Elements): Elements[]
}

/** `count` elements along one axis of a value, at the first position of the others. Ask for all of an axis: how they differ says which operands tell them apart. */
export function elementsAlong(value: string, rank: number, axis: number, count: number): Elements {
  const along = Int32Array.from({ length: count }, (_, index) => index)
  return { value, tags: along, at: Array.from({ length: rank }, (_, each) => (each === axis ? along : new Int32Array(count))) }
}

/** Operators that keep every element's place, or only average over positions. */
const keeping = new Set([
  'Identity', 'Dropout', 'Cast', 'Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh', 'Softplus', 'Softsign', 'Mish', 'Gelu', 'Clip', 'ThresholdedRelu',
  'Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Erf', 'Floor', 'Ceil', 'Round', 'Softmax', 'LogSoftmax', 'QuantizeLinear', 'DequantizeLinear',
  'BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'LayerNormalization', 'LRN', 'LpNormalization', 'MeanVarianceNormalization',
  'MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool', 'Resize', 'Upsample',
])
const joining = new Set(['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min', 'Sum', 'Mean', 'Pow', 'Where'])
const reshaping = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze'])

/** Beyond that many values on its way back a layer is connected to everything. */
const mostSteps = 10_000

export function createTracer(network: Network, { producers }: Pick<GraphIndex, 'producers'>, isStop: (value: string) => boolean): Tracer {
  const { initializers } = network.original.graph
  const constants = new Map<string, readonly number[] | undefined>()
  const dimsOf = (value: string): readonly number[] | undefined => staticDims(network.facts.get(value)?.shape ?? initializers.get(value)?.dims)
  const isConstant = (value: string): boolean => initializers.has(value) || network.facts.get(value)?.constant !== undefined || producers.get(value)?.opType === 'Constant'

  /** The content of a small constant: axes, pads, indices. */
  function constantOf(value: string | undefined): readonly number[] | undefined {
    if (value === undefined || value === '') return undefined
    if (!constants.has(value)) {
      const tensor = initializers.get(value) ?? network.facts.get(value)?.constant
      constants.set(value, tensor ? numbersOf(tensor) : Array.from(network.constant(value)?.data ?? []))
    }
    const content = constants.get(value)
    return content && content.length > 0 ? content : undefined
  }

  /** What elements of a node's output are made of; undefined where nothing can be said. */
  function step(node: Node, elements: Elements): Elements[] | undefined {
    const [first = ''] = node.inputs
    const { opType } = node
    const { tags, at } = elements
    if (!isStandard(node)) return undefined
    if (keeping.has(opType)) return [{ value: first, tags, at }]
    if (joining.has(opType)) return node.inputs.filter((input) => input !== '' && !isConstant(input)).flatMap((input) => broadcast(input, elements, dimsOf(input)))
    if (reshaping.has(opType)) return relocated(first, elements, dimsOf(elements.value), dimsOf(first))
    switch (opType) {
      case 'Concat': return fromConcat(node, elements)
      case 'Split': return fromSplit(node, elements)
      case 'Slice': return fromSlice(node, elements)
      case 'Pad': return fromPad(node, elements)
      case 'Transpose': {
        const perm = intsOf(node, 'perm') ?? at.map((_, axis) => at.length - 1 - axis)
        const moved = [...at]
        perm.forEach((from, to) => { moved[from] = at[to]! })
        return [{ value: first, tags, at: moved }]
      }
      case 'Expand': return broadcast(first, elements, dimsOf(first))
      case 'Gather': {
        const indices = constantOf(node.inputs[1])
        const axis = intOf(node, 'axis', 0)
        return indices && indices.length > 1 && at.length === dimsOf(first)?.length ? [{ value: first, tags, at: at.with(axis, at[axis]!.map((index) => indices[index] ?? 0)) }] : undefined
      }
      case 'ReduceMean': case 'ReduceSum': case 'ReduceMax': case 'ReduceMin': return fromReduction(node, elements)
      default: return undefined
    }
  }

  function fromConcat(node: Node, { tags, at }: Elements): Elements[] {
    const axis = (intOf(node, 'axis', 1) + at.length) % at.length
    const parts: Elements[] = []
    let start = 0
    for (const value of node.inputs) {
      const extent = dimsOf(value)?.[axis]
      if (extent === undefined) return parts
      const from = start
      const part = selected({ value, tags, at }, (index) => at[axis]![index]! >= from && at[axis]![index]! < from + extent)
      if (part.tags.length > 0) parts.push({ ...part, at: part.at.with(axis, part.at[axis]!.map((position) => position - from)) })
      start += extent
    }
    return parts
  }

  function fromSplit(node: Node, { value, tags, at }: Elements): Elements[] | undefined {
    const axis = (intOf(node, 'axis', 0) + at.length) % at.length
    let start = 0
    for (const output of node.outputs) {
      if (output === value) return [{ value: node.inputs[0] ?? '', tags, at: at.with(axis, at[axis]!.map((position) => position + start)) }]
      const extent = dimsOf(output)?.[axis]
      if (extent === undefined) return undefined
      start += extent
    }
    return undefined
  }

  function fromSlice(node: Node, { tags, at }: Elements): Elements[] | undefined {
    const [value = '', startsName, , axesName, stepsName] = node.inputs
    const dims = dimsOf(value)
    const starts = intsOf(node, 'starts') ?? constantOf(startsName)
    if (!starts || !dims) return undefined
    const axes = intsOf(node, 'axes') ?? constantOf(axesName) ?? starts.map((_, index) => index)
    const steps = constantOf(stepsName)
    const moved = [...at]
    starts.forEach((start, index) => {
      const axis = (axes[index]! + dims.length) % dims.length
      const begin = Math.min(Math.max(start < 0 ? start + dims[axis]! : start, 0), dims[axis]! - 1)
      moved[axis] = at[axis]!.map((position) => begin + position * (steps?.[index] ?? 1))
    })
    return [{ value, tags, at: moved }]
  }

  /** Padding of channels has no source; padding of positions is passed over. */
  function fromPad(node: Node, { tags, at }: Elements): Elements[] | undefined {
    const value = node.inputs[0] ?? ''
    const pads = intsOf(node, 'pads') ?? constantOf(node.inputs[1])
    const dims = dimsOf(value)
    if (!pads || !dims || (node.inputs[3] ?? '') !== '') return undefined
    const moved = at.map((positions, axis) => (axis >= 2 ? new Int32Array(positions.length) : positions.map((position) => position - pads[axis]!)))
    return [selected({ value, tags, at: moved }, (index) => moved.every((positions, axis) => positions[index]! >= 0 && positions[index]! < dims[axis]!))]
  }

  function fromReduction(node: Node, { tags, at }: Elements): Elements[] | undefined {
    const [value = '', axesName] = node.inputs
    const rank = dimsOf(value)?.length
    const axes = intsOf(node, 'axes') ?? constantOf(axesName)
    if (rank === undefined || !axes) return undefined
    const kept = [...at]
    if (intOf(node, 'keepdims', 1) === 0) for (const axis of axes.map((each) => (each + rank) % rank).sort((a, b) => a - b)) kept.splice(axis, 0, new Int32Array(tags.length))
    return [{ value, tags, at: kept }]
  }

  return {
    trace(asked) {
      const found: Elements[] = []
      const visited = new Map<string, Elements[]>()
      const open = [asked]
      for (let steps = 0; open.length > 0 && steps < mostSteps; steps++) {
        const elements = open.pop()!
        const before = visited.get(elements.value) ?? []
        if (elements.tags.length === 0 || before.some((each) => areSame(each, elements))) continue
        visited.set(elements.value, [...before, elements])
        if (isStop(elements.value)) {
          found.push(elements)
          continue
        }
        const node = producers.get(elements.value)
        if (node) open.push(...(step(node, elements) ?? []))
      }
      return found
    },
  }
}

/** Two ways that bring the same elements to the same place are one. */
function areSame(a: Elements, b: Elements): boolean {
  const same = (x: Int32Array, y: Int32Array): boolean => x === y || (x.length === y.length && x.every((value, index) => value === y[index]))
  return a.at.length === b.at.length && same(a.tags, b.tags) && a.at.every((positions, axis) => same(positions, b.at[axis]!))
}

function selected({ value, tags, at }: Elements, keeps: (index: number) => boolean): Elements {
  return { value, tags: tags.filter((_, index) => keeps(index)), at: at.map((positions) => positions.filter((_, index) => keeps(index))) }
}

/**
 * numpy broadcasting, backwards: aligned at the last axis, 0 along axes of extent one. An operand that is one number for elements
 * that differ (a mean over channels, a scale) tells none of them apart, and is left out.
 */
function broadcast(value: string, { tags, at }: Elements, dims: readonly number[] | undefined): Elements[] {
  if (!dims) return [{ value, tags, at }]
  const aligned = dims.map((_, axis) => at[at.length - dims.length + axis] ?? new Int32Array(tags.length))
  const merges = at.some((positions, axis) => (dims[axis - at.length + dims.length] ?? 1) === 1 && positions.some((position) => position !== positions[0]))
  return merges ? [] : [{ value, tags, at: aligned.map((positions, axis) => (dims[axis] === 1 ? new Int32Array(tags.length) : positions)) }]
}

/** The elements of the same places in row-major order. */
function relocated(value: string, { tags, at }: Elements, from: readonly number[] | undefined, to: readonly number[] | undefined): Elements[] | undefined {
  if (!from || !to || from.length !== at.length) return undefined
  const moved = to.map(() => new Int32Array(tags.length))
  for (let element = 0; element < tags.length; element++) {
    let index = 0
    for (let axis = 0; axis < from.length; axis++) index = index * from[axis]! + at[axis]![element]!
    for (let axis = to.length - 1; axis >= 0; axis--) {
      moved[axis]![element] = index % to[axis]!
      index = Math.floor(index / to[axis]!)
    }
  }
  return [{ value, tags, at: moved }]
}
