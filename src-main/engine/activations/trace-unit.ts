/**
 * Where an element of a value comes from, back through everything that only moves, joins, scales or pools: what a channel behind
 * pools, concatenations, residual additions, splits and channel shuffles was, where it was made. One element stands for its
 * channel, at the first position.
 */
import { intOf, intsOf } from '../onnx/attributes.ts'
import { numbersOf } from '../onnx/tensor-data.ts'
import { isStandard } from '../onnx/model.ts'
import type { Node } from '../onnx/model.ts'
import type { GraphIndex } from '../onnx/graph.ts'
import type { Network } from '../network/network.ts'

export interface Element { readonly value: string; readonly at: readonly number[] }

export interface Tracer {
  /** The elements of stop values that this one is made of; none where the way back is not that simple. */
  trace(element: Element): Element[]
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

/** Residual networks add the same branch again and again; beyond that many sources a unit is connected to everything. */
const mostSteps = 20_000

export function createTracer(network: Network, { producers }: Pick<GraphIndex, 'producers'>, isStop: (value: string) => boolean): Tracer {
  const dimsOf = (value: string): readonly number[] | undefined => {
    const shape = network.facts.get(value)?.shape
    return shape?.every((dim): dim is number => typeof dim === 'number') ? shape : undefined
  }
  const isConstant = (value: string): boolean => network.original.graph.initializers.has(value) || network.facts.get(value)?.constant !== undefined || producers.get(value)?.opType === 'Constant'
  const constantOf = (value: string | undefined): number[] | undefined => {
    if (value === undefined || value === '') return undefined
    const tensor = network.original.graph.initializers.get(value) ?? network.facts.get(value)?.constant
    return tensor ? numbersOf(tensor) : network.constant(value) && Array.from(network.constant(value)!.data)
  }

  /** The elements that one element of a node's output is made of; undefined where nothing can be said. */
  function step(node: Node, value: string, at: readonly number[]): Element[] | undefined {
    const [first = ''] = node.inputs
    const { opType } = node
    if (!isStandard(node)) return undefined
    if (keeping.has(opType)) return [{ value: first, at }]
    if (joining.has(opType)) return node.inputs.filter((input) => input !== '' && !isConstant(input)).map((input) => ({ value: input, at: broadcast(at, dimsOf(input)) }))
    if (reshaping.has(opType)) return relocated(first, dimsOf(value), dimsOf(first), at)
    switch (opType) {
      case 'Concat': return fromConcat(node, at)
      case 'Split': return fromSplit(node, value, at)
      case 'Slice': return fromSlice(node, at)
      case 'Pad': return fromPad(node, at)
      case 'Transpose': {
        const perm = intsOf(node, 'perm') ?? at.map((_, axis) => at.length - 1 - axis)
        const moved = [...at]
        perm.forEach((from, to) => { moved[from] = at[to]! })
        return [{ value: first, at: moved }]
      }
      case 'Expand': return [{ value: first, at: broadcast(at, dimsOf(first)) }]
      case 'Gather': {
        const indices = constantOf(node.inputs[1])
        const axis = intOf(node, 'axis', 0)
        return indices && indices.length > 1 && at.length === dimsOf(first)?.length ? [{ value: first, at: at.with(axis, indices[at[axis]!] ?? 0) }] : undefined
      }
      case 'ReduceMean': case 'ReduceSum': case 'ReduceMax': case 'ReduceMin': {
        const rank = dimsOf(first)?.length
        const axes = (intsOf(node, 'axes') ?? constantOf(node.inputs[1]))?.map((axis) => (axis + (rank ?? 0)) % (rank ?? 1)).sort((a, b) => a - b)
        if (rank === undefined || !axes) return undefined
        const kept = [...at]
        if (intOf(node, 'keepdims', 1) === 0) for (const axis of axes) kept.splice(axis, 0, 0)
        return [{ value: first, at: kept }]
      }
      default: return undefined
    }
  }

  function fromConcat(node: Node, at: readonly number[]): Element[] | undefined {
    const axis = (intOf(node, 'axis', 1) + at.length) % at.length
    let position = at[axis]!
    for (const value of node.inputs) {
      const extent = dimsOf(value)?.[axis]
      if (extent === undefined) return undefined
      if (position < extent) return [{ value, at: at.with(axis, position) }]
      position -= extent
    }
    return undefined
  }

  function fromSplit(node: Node, value: string, at: readonly number[]): Element[] | undefined {
    const axis = (intOf(node, 'axis', 0) + at.length) % at.length
    let position = at[axis]!
    for (const output of node.outputs) {
      if (output === value) return [{ value: node.inputs[0] ?? '', at: at.with(axis, position) }]
      const extent = dimsOf(output)?.[axis]
      if (extent === undefined) return undefined
      position += extent
    }
    return undefined
  }

  function fromSlice(node: Node, at: readonly number[]): Element[] | undefined {
    const [value = '', startsName, , axesName, stepsName] = node.inputs
    const dims = dimsOf(value)
    const starts = intsOf(node, 'starts') ?? constantOf(startsName)
    if (!starts || !dims) return undefined
    const axes = intsOf(node, 'axes') ?? constantOf(axesName) ?? starts.map((_, index) => index)
    const steps = constantOf(stepsName)
    const from = [...at]
    starts.forEach((start, index) => {
      const axis = (axes[index]! + dims.length) % dims.length
      const begin = Math.min(Math.max(start < 0 ? start + dims[axis]! : start, 0), dims[axis]! - 1)
      from[axis] = begin + at[axis]! * (steps?.[index] ?? 1)
    })
    return [{ value, at: from }]
  }

  /** Padding of channels has no source; padding of positions is passed over. */
  function fromPad(node: Node, at: readonly number[]): Element[] | undefined {
    const value = node.inputs[0] ?? ''
    const pads = intsOf(node, 'pads') ?? constantOf(node.inputs[1])
    const dims = dimsOf(value)
    if (!pads || !dims || node.inputs.length > 3) return undefined
    const from = at.map((position, axis) => (axis >= 2 ? 0 : position - pads[axis]!))
    return from.some((position, axis) => position < 0 || position >= dims[axis]!) ? [] : [{ value, at: from }]
  }

  return {
    trace(element) {
      const found = new Map<string, Element>()
      const visited = new Set<string>()
      const open = [element]
      for (let steps = 0; open.length > 0 && steps < mostSteps; steps++) {
        const { value, at } = open.pop()!
        const key = `${value}\n${at.join()}`
        if (visited.has(key)) continue
        visited.add(key)
        if (isStop(value)) {
          found.set(key, { value, at })
          continue
        }
        const node = producers.get(value)
        if (node) open.push(...(step(node, value, at) ?? []))
      }
      return [...found.values()]
    },
  }
}

/** numpy broadcasting, backwards: aligned at the last axis, 0 along axes of extent one. */
function broadcast(at: readonly number[], dims: readonly number[] | undefined): readonly number[] {
  if (!dims) return at
  return dims.map((dim, axis) => (dim === 1 ? 0 : (at[at.length - dims.length + axis] ?? 0)))
}

/** The element of the same place in row-major order. */
function relocated(value: string, from: readonly number[] | undefined, to: readonly number[] | undefined, at: readonly number[]): Element[] | undefined {
  if (!from || !to) return undefined
  let index = from.reduce((sum, dim, axis) => sum * dim + at[axis]!, 0)
  const moved = [...to]
  for (let axis = to.length - 1; axis >= 0; axis--) {
    moved[axis] = index % to[axis]!
    index = Math.floor(index / to[axis]!)
  }
  return [{ value, at: moved }]
}
