/** A model at one input size: symbolic extents bound, and a size that the exporter froze (224) exchanged for another (512) as far as the graph allows. */
import { AppError, isAppError } from '#contract/errors.ts'
import { valuesReadBy } from './captures.ts'
import { pruneTo } from './extract.ts'
import { dataInputs, indexGraph, namer } from './graph.ts'
import { isStandard } from './model.ts'
import type { Dim, Graph, Model, Node, Tensor, ValueInfo } from './model.ts'
import type { Fact } from './shapes/define-shape.ts'
import { staticDims } from './shapes/dims.ts'
import { inferShapes } from './shapes/infer-shapes.ts'
import { adapted } from './specialize/adapt.ts'
import { bind, checkDims, show } from './specialize/bind.ts'
import type { Dims } from './specialize/bind.ts'

/** What a model lost because it does not work at the wanted size. */
export interface Cut {
  /** One line: the first node that does not fit, and why. */
  readonly reason: string
  readonly node: string
  readonly opType: string
  /** Outputs of the model that cannot be computed any more. */
  readonly lost: readonly string[]
  /** The last values that can; they are the outputs now, beside those that were not lost. */
  readonly ends: readonly string[]
}

export interface Specialized {
  readonly model: Model
  readonly cut?: Cut
}

/**
 * The model with the given static input shapes, all of its outputs kept. Inputs that are not named stay as they are.
 * @throws AppError 'shape-mismatch' where an output cannot be computed at that size; `specializePart` keeps what can
 */
export function specializeInputs(model: Model, dims: Dims): Model {
  const { model: specialized, cut } = specializePart(model, dims)
  if (cut) throw new AppError('shape-mismatch', `The model does not work at input ${show(dims)}: ${cut.reason} It can be computed up to ${cut.ends.map((name) => `'${name}'`).join(', ')}.`, { data: { ...cut } })
  return specialized
}

/** As `specializeInputs`, but a model that only works up to some layer at that size (a convnet with dense layers) is cut there, and says so. */
export function specializePart(model: Model, dims: Dims): Specialized {
  checkDims(model.graph, dims)
  const bound = bind(model, dims)
  if (!bound.resized) return { model: bound.model }
  return resized(model, bound.model, dims)
}

/** Walks the graph at both sizes side by side: at the new one nodes are adapted, and those that do not fit are dropped with all that they feed. */
function resized(original: Model, bound: Model, dims: Dims): Specialized {
  const { graph } = bound
  const known = statedAt(original, dims)
  const facts = new Map<string, Fact>()
  for (const { name, type } of graph.inputs) if (type?.kind === 'tensor') facts.set(name, { dataType: type.dataType, shape: type.shape })
  for (const [name, tensor] of graph.initializers) facts.set(name, { dataType: tensor.dataType, shape: tensor.dims, constant: tensor })
  const fresh = namer(bound)
  const added = new Map<string, Tensor>()
  const lost = new Set<string>()
  let first: { readonly node: Node; readonly reason: string } | undefined
  const adaptedNodes = new Map<Node, Node>()
  for (const node of graph.nodes) {
    if (valuesReadBy(node).some((name) => lost.has(name))) {
      for (const output of node.outputs) lost.add(output)
      continue
    }
    const pending = new Map<string, Tensor>()
    const constant = (tensor: Tensor): string => {
      const name = fresh(`${node.name || (node.outputs[0] ?? node.opType)}/resized`)
      pending.set(name, tensor)
      return name
    }
    try {
      const candidate = adapted({ node, before: (name) => known.get(name ?? ''), now: (name) => facts.get(name ?? ''), constant })
      for (const [name, tensor] of pending) facts.set(name, { dataType: tensor.dataType, shape: tensor.dims, constant: tensor })
      for (const [name, fact] of inferOne(bound, candidate, facts)) facts.set(name, fact)
      adaptedNodes.set(node, candidate)
      for (const [name, tensor] of pending) added.set(name, tensor)
    } catch (error) {
      if (!isAppError(error) || error.code !== 'shape-mismatch') throw error
      first ??= { node, reason: error.message }
      for (const output of node.outputs) lost.add(output)
    }
  }
  const adaptedModel: Model = { ...bound, graph: { ...graph, nodes: graph.nodes.map((node) => adaptedNodes.get(node) ?? node), initializers: new Map([...graph.initializers, ...added]) } }
  return finished(adaptedModel, facts, lost, first)
}

/** Facts at the exported size; symbols that the new size binds are bound the same there, so that all extents are numbers. */
function statedAt(original: Model, dims: Dims): ReadonlyMap<string, Fact> {
  const old = Object.fromEntries(original.graph.inputs.flatMap(({ name, type }) => {
    const wanted = dims[name]
    return wanted && type?.kind === 'tensor' ? [[name, (type.shape ?? wanted).map((dim, axis): Dim => (typeof dim === 'number' ? dim : (wanted[axis] ?? null)))] as const] : []
  }))
  return inferShapes(original, old)
}

/** What inference says of one node's outputs, given facts of what it reads. */
function inferOne(model: Model, node: Node, facts: ReadonlyMap<string, Fact>): readonly (readonly [string, Fact])[] {
  const read = valuesReadBy(node).flatMap((name) => {
    const fact = facts.get(name)
    return fact ? [[name, fact] as const] : []
  })
  const graph: Graph = {
    name: '', nodes: [node], outputs: [], valueInfos: new Map(),
    inputs: read.filter(([, fact]) => !fact.constant).map(([name, { dataType, shape }]) => ({ name, type: { kind: 'tensor', dataType, ...(shape ? { shape } : {}) } })),
    initializers: new Map(read.flatMap(([name, { constant }]) => (constant ? [[name, constant] as const] : []))),
  }
  const inferred = inferShapes({ ...model, graph, functions: [] })
  return node.outputs.flatMap((name) => {
    const fact = inferred.get(name)
    return name !== '' && fact ? [[name, fact] as const] : []
  })
}

function finished(model: Model, facts: ReadonlyMap<string, Fact>, lost: ReadonlySet<string>, first: { readonly node: Node; readonly reason: string } | undefined): Specialized {
  const withShape = (info: ValueInfo): ValueInfo => {
    const fact = facts.get(info.name)
    const shape = staticDims(fact?.shape)
    return fact && shape ? { ...info, type: { kind: 'tensor', dataType: fact.dataType, shape } } : info
  }
  const kept = model.graph.outputs.filter((output) => !lost.has(output.name))
  if (!first) return { model: { ...model, graph: { ...model.graph, outputs: model.graph.outputs.map(withShape) } } }
  const ends = endsOf(model.graph, facts, lost)
  const part = pruneTo(model, [...new Set([...kept.map((output) => output.name), ...ends])])
  return {
    model: { ...part, graph: { ...part.graph, outputs: part.graph.outputs.map(withShape) } },
    cut: { reason: first.reason, node: first.node.name, opType: first.node.opType, lost: model.graph.outputs.filter((output) => lost.has(output.name)).map((output) => output.name), ends },
  }
}

/** Operators that only lay their input out for what comes next: where that is lost, the value of interest is their input. */
const layoutOperators: ReadonlySet<string> = new Set(['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Dropout', 'Identity'])

/** Values that can be computed, depend on the picture, and are read by a node that cannot. */
function endsOf(graph: Graph, facts: ReadonlyMap<string, Fact>, lost: ReadonlySet<string>): readonly string[] {
  const { producers, consumers } = indexGraph(graph)
  const isLost = (node: Node): boolean => node.outputs.some((output) => lost.has(output))
  const seen = new Set(dataInputs(graph).map((input) => input.name))
  for (const node of graph.nodes) if (valuesReadBy(node).some((name) => seen.has(name))) for (const output of node.outputs) seen.add(output)
  const computed = (name: string): boolean => producers.has(name) && seen.has(name) && !lost.has(name) && !facts.get(name)?.constant
  const ends = new Set(graph.nodes.filter(isLost).flatMap((node) => valuesReadBy(node).filter(computed)))
  const stepped = [...ends].map((name) => {
    let end = name
    for (let node = producers.get(end); node && isStandard(node) && layoutOperators.has(node.opType); node = producers.get(end)) {
      const [input = ''] = node.inputs
      const laidOut = node.outputs
      if (!computed(input) || !laidOut.every((output) => (consumers.get(output) ?? []).every((reader) => isLost(reader) || ends.has(reader.outputs[0] ?? '')))) break
      end = input
    }
    return end
  })
  return [...new Set(stepped)]
}
