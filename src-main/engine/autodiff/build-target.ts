/** A target as nodes: its value, and its derivative with respect to the values of the graph that it reads. */
import { AppError } from '#contract/errors.ts'
import type { Graph, Node, ValueInfo } from '../onnx/model.ts'
import { isStandard } from '../onnx/model.ts'
import { elementCount, float32Tensor } from '../onnx/tensor-data.ts'
import { intOf } from '../onnx/attributes.ts'
import type { Emit, Value } from './emit.ts'
import { resolveAxis } from './dims.ts'
import { seedInputOf, type Target } from './target.ts'

export interface BuiltTarget {
  /** The scalar, float32 []. */
  readonly value: Value
  /** d scalar / d value, by the value's name. */
  readonly seeds: readonly { readonly tensor: string; readonly gradient: Value }[]
  /** Graph inputs to be fed beside the model's own. */
  readonly inputs: readonly ValueInfo[]
  /** What a reader should know: "the logits ... were taken". */
  readonly notes: readonly string[]
}

export function buildTarget(emit: Emit, target: Target, graph: Graph, valueOf: (name: string) => Value): BuiltTarget {
  if (target.kind !== 'combination') checkFloating(valueOf(target.tensor))
  switch (target.kind) {
    case 'seed': {
      const tensor = valueOf(target.tensor)
      const seed: Value = { name: seedInputOf(target), dims: tensor.dims, dataType: tensor.dataType }
      const info: ValueInfo = { name: seed.name, type: { kind: 'tensor', dataType: seed.dataType, shape: seed.dims } }
      return { value: emit.reduceSum(emit.mul(tensor, seed)), seeds: [{ tensor: target.tensor, gradient: seed }], inputs: [info], notes: [] }
    }
    case 'sum': {
      const tensor = valueOf(target.tensor)
      return { value: emit.reduceSum(tensor), seeds: [{ tensor: target.tensor, gradient: emit.fill(tensor.dims, 1, tensor.dataType) }], inputs: [], notes: [] }
    }
    case 'unit': {
      const tensor = valueOf(target.tensor)
      return { value: unitValue(emit, tensor, target.index), seeds: [{ tensor: target.tensor, gradient: unitMask(emit, tensor, target.index) }], inputs: [], notes: [] }
    }
    case 'difference': {
      const tensor = valueOf(target.tensor)
      const value = emit.sub(unitValue(emit, tensor, target.index), unitValue(emit, tensor, target.against))
      const gradient = emit.sub(unitMask(emit, tensor, target.index), unitMask(emit, tensor, target.against))
      return { value, seeds: [{ tensor: target.tensor, gradient }], inputs: [], notes: [] }
    }
    case 'cross-entropy': return crossEntropy(emit, target, graph, valueOf)
    case 'combination': {
      const parts = target.terms.map((term) => ({ weight: term.weight, ...buildTarget(emit, term.target, graph, valueOf) }))
      const values = parts.map((part) => emit.mul(part.value, part.weight))
      const [first, ...rest] = values
      if (!first) throw new AppError('target-invalid', 'A combination of targets has no terms.')
      return {
        value: rest.reduce((sum, value) => emit.add(sum, value), first),
        seeds: parts.flatMap((part) => part.seeds.map((seed) => ({ tensor: seed.tensor, gradient: emit.mul(seed.gradient, part.weight) }))),
        inputs: parts.flatMap((part) => part.inputs),
        notes: parts.flatMap((part) => part.notes),
      }
    }
  }
}

function checkFloating(tensor: Value): void {
  if (!/^(b?float)/.test(tensor.dataType))
    throw new AppError('target-invalid', `'${tensor.name}' holds ${tensor.dataType} numbers, which do not vary smoothly with anything. Choose a floating-point value before it as the target.`)
}

function checkIndex(tensor: Value, index: readonly number[]): void {
  const extents = tensor.dims.slice(1)
  const outside = index.length > extents.length || index.some((at, axis) => !Number.isInteger(at) || at < 0 || at >= (extents[axis] ?? 0))
  if (outside)
    throw new AppError('target-invalid', `Unit [${index.join(', ')}] does not exist in '${tensor.name}' of shape [${tensor.dims.join(', ')}]: give at most ${extents.length} indices after the batch axis${extents.length > 0 ? `, each from 0 and below [${extents.join(', ')}]` : ''}.`)
}

function unitValue(emit: Emit, tensor: Value, index: readonly number[]): Value {
  checkIndex(tensor, index)
  const axes = index.map((_, axis) => axis + 1)
  return emit.reduceSum(index.length === 0 ? tensor : emit.slice(tensor, index, index.map((at) => at + 1), axes))
}

/** 1 on the unit in every sample, 0 elsewhere. */
function unitMask(emit: Emit, tensor: Value, index: readonly number[]): Value {
  const extent = (axis: number): number => tensor.dims[axis] ?? 1
  const ones = emit.fill(tensor.dims.map((dim, axis) => (axis > 0 && axis <= index.length ? 1 : dim)), 1, tensor.dataType)
  const begins = tensor.dims.map((_, axis) => (axis > 0 ? (index[axis - 1] ?? 0) : 0))
  const ends = tensor.dims.map((_, axis) => (axis > 0 && axis <= index.length ? extent(axis) - 1 - (index[axis - 1] ?? 0) : 0))
  return emit.pad(ones, [...begins, ...ends])
}

/** L = -sum q log softmax(z); dL/dz = softmax(z) sum(q) - q. */
function crossEntropy(emit: Emit, target: Extract<Target, { kind: 'cross-entropy' }>, graph: Graph, valueOf: (name: string) => Value): BuiltTarget {
  const name = logitsBehind(graph, target.tensor, (value) => valueOf(value).dims)
  const { dims } = valueOf(name)
  if (dims.length < 2 || dims.slice(1).filter((dim) => dim !== 1).length > 1)
    throw new AppError('target-invalid', `Cross-entropy needs logits of shape [batch, classes]; '${name}' has shape [${dims.join(', ')}].`)
  const samples = dims[0] ?? 1
  const classes = elementCount(dims.slice(1))
  const logits = emit.reshape(valueOf(name), [samples, classes])
  const scale = target.reduction === 'mean' ? 1 / samples : 1
  let labels: Value
  const inputs: ValueInfo[] = []
  if ('input' in target.labels) {
    labels = { name: target.labels.input, dims: logits.dims, dataType: logits.dataType }
    inputs.push({ name: labels.name, type: { kind: 'tensor', dataType: labels.dataType, shape: labels.dims } })
  } else labels = emit.constant(oneHot(target.labels, samples, classes))
  // log softmax(z) = (z - max z) - log sum exp(z - max z), which neither overflows nor takes the logarithm of zero.
  const shifted = emit.sub(logits, emit.reduceMax(logits, [1], true))
  const exponentials = emit.exp(shifted)
  const total = emit.reduceSum(exponentials, [1], true)
  const logProbabilities = emit.sub(shifted, emit.log(total))
  const mass = 'input' in target.labels ? emit.reduceSum(labels, [1], true) : undefined
  const probabilities = emit.div(exponentials, total)
  const difference = emit.sub(mass ? emit.mul(probabilities, mass) : probabilities, labels)
  return {
    value: emit.mul(emit.reduceSum(emit.mul(labels, logProbabilities)), -scale),
    seeds: [{ tensor: name, gradient: emit.reshape(emit.mul(difference, scale), dims) }],
    inputs,
    notes: name === target.tensor ? [] : [`'${target.tensor}' holds probabilities; the cross-entropy is taken from the logits '${name}' that its Softmax reads.`],
  }
}

function oneHot(labels: readonly number[], samples: number, classes: number) {
  if (labels.length !== samples && labels.length !== 1)
    throw new AppError('target-invalid', `${labels.length} labels were given for a batch of ${samples}: give one for each sample, or one for all.`)
  const data = new Float32Array(elementCount([samples, classes]))
  for (let sample = 0; sample < samples; sample++) {
    const label = labels.length === 1 ? labels[0] : labels[sample]
    if (label === undefined || !Number.isInteger(label) || label < 0 || label >= classes)
      throw new AppError('target-invalid', `Class ${label} does not exist: the model has classes 0 to ${classes - 1}.`)
    data[sample * classes + label] = 1
  }
  return float32Tensor([samples, classes], data)
}

const passing: ReadonlySet<string> = new Set(['Identity', 'Dropout', 'Flatten', 'Reshape', 'Squeeze'])

/**
 * The logits of a tensor of probabilities: the input of the Softmax over each sample's classes that made it (through operators
 * that only pass or reshape it). The tensor itself where no such Softmax made it.
 */
export function logitsBehind(graph: Graph, tensor: string, dimsOf: (name: string) => readonly number[]): string {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output): [string, Node] => [output, node])))
  for (let name = tensor; ; ) {
    const node = producers.get(name)
    const source = node?.inputs[0]
    if (!node || !source || !isStandard(node)) return tensor
    if (node.opType === 'Softmax') {
      const [samples = 1, ...rest] = dimsOf(source)
      const extent = dimsOf(source)[resolveAxis(intOf(node, 'axis', -1), rest.length + 1)]
      return rest.length > 0 && extent === elementCount(rest) && dimsOf(tensor)[0] === samples ? source : tensor
    }
    if (!passing.has(node.opType)) return tensor
    name = source
  }
}
