/** Whether a decoded model hangs together, before anything is computed with it. Every failure is one AppError that names the place. */
import { AppError } from '#contract/errors.ts'
import type { Attribute, Graph, Model, Node, Tensor } from './model.ts'
import { topologicallySorted } from './order.ts'
import { sparseInitializerNames } from './proto/graph.ts'
import { elementCount, elementSize } from './tensor-data.ts'

/** The model with every graph in topological order. Throws AppError('model-invalid') where names or sizes contradict each other. */
export function validatedModel(model: Model): Model {
  if (model.irVersion < 1) throw new AppError('model-unreadable', 'It names no ONNX IR version: it is damaged, or not an ONNX model (TensorFlow, Caffe and Core ML files are protobuf too).')
  const { graph } = model
  if (graph.outputs.length === 0) throw new AppError('model-invalid', graph.nodes.length === 0 ? 'Its graph is empty: no operators and no outputs.' : 'Its graph declares no outputs, so there is nothing to compute.')
  return { ...model, graph: validatedGraph(graph, new Set()), functions: model.functions.map((body) => ({ ...body, nodes: validatedNodes(body.nodes, new Set(body.inputs), `function '${body.name}'`) })) }
}

function validatedGraph(graph: Graph, outer: ReadonlySet<string>): Graph {
  const where = `graph '${graph.name}'`
  const known = new Set(outer)
  const own = new Set<string>()
  const define = (name: string, what: string): void => {
    if (own.has(name)) throw new AppError('model-invalid', `The name '${name}' is defined twice in ${where} (the second time as ${what}); names of values must be unique.`)
    own.add(name)
    known.add(name)
  }
  for (const input of graph.inputs) define(input.name, 'an input')
  const inputs = new Set(own)
  for (const name of [...graph.initializers.keys(), ...sparseInitializerNames(graph)]) if (!inputs.has(name)) define(name, 'an initializer')
  for (const [name, tensor] of graph.initializers) checkTensor(tensor, `Initializer '${name}'`)
  for (const node of graph.nodes) for (const output of node.outputs) if (output !== '') define(output, `an output of ${describe(node)}`)
  const nodes = validatedNodes(graph.nodes, known, where)
  for (const output of graph.outputs)
    if (!known.has(output.name)) throw new AppError('model-invalid', `Output '${output.name}' of ${where} is computed by no node.`)
  return nodes === graph.nodes ? graph : { ...graph, nodes }
}

function validatedNodes(nodes: readonly Node[], outer: ReadonlySet<string>, where: string): readonly Node[] {
  const known = new Set([...outer, ...nodes.flatMap((node) => node.outputs)])
  for (const node of nodes) {
    if (!node.opType) throw new AppError('model-invalid', `Node '${node.name}' of ${where} names no operator.`)
    const missing = node.inputs.find((input) => input !== '' && !known.has(input))
    if (missing !== undefined)
      throw new AppError('model-invalid', `${describe(node)} of ${where} reads '${missing}', which is no input, no initializer and no node's output: a node or an initializer is missing from the file.`)
  }
  const checked = nodes.map((node) => {
    const entries = [...node.attributes].map(([name, attribute]) => [name, validatedAttribute(attribute, known, `Attribute '${name}' of ${describe(node)}`)] as const)
    return entries.every(([name, attribute]) => attribute === node.attributes.get(name)) ? node : { ...node, attributes: new Map(entries) }
  })
  return topologicallySorted(checked.every((node, index) => node === nodes[index]) ? nodes : checked)
}

function validatedAttribute(attribute: Attribute, known: ReadonlySet<string>, what: string): Attribute {
  switch (attribute.kind) {
    case 'tensor': checkTensor(attribute.value, what); return attribute
    case 'tensors': attribute.value.forEach((tensor) => checkTensor(tensor, what)); return attribute
    case 'graph': {
      const graph = validatedGraph(attribute.value, known)
      return graph === attribute.value ? attribute : { ...attribute, value: graph }
    }
    case 'graphs': return { ...attribute, value: attribute.value.map((graph) => validatedGraph(graph, known)) }
    default: return attribute
  }
}

/** Nothing is allocated from what a tensor claims: the claim is compared with what is there. */
export function checkTensor(tensor: Tensor, what: string): void {
  const { dataType, dims } = tensor
  const count = elementCount(dims)
  const shape = `[${dims.join(', ')}]`
  if (dims.some((dim) => dim < 0 || !Number.isSafeInteger(dim)) || !Number.isSafeInteger(count * 16))
    throw new AppError('model-invalid', `${what} has the impossible shape ${shape}.`)
  if (dataType === 'undefined') throw new AppError('model-invalid', `${what} has no element type.`)
  if (tensor.external) return
  if (dataType === 'string') {
    if (tensor.strings?.length !== count) throw new AppError('model-invalid', `${what} should hold ${count} strings (shape ${shape}) and holds ${tensor.strings?.length ?? 0}.`)
    return
  }
  const expected = byteLengthOf(tensor)
  if (tensor.bytes.byteLength !== expected)
    throw new AppError('model-invalid', `${what} should hold ${expected} bytes (${dataType}, shape ${shape}); the file has ${tensor.bytes.byteLength}: it is damaged, or its weights were left out.`)
}

/** Bytes that the elements of a tensor take, from its type and shape. */
export const byteLengthOf = (tensor: Pick<Tensor, 'dataType' | 'dims'>): number => Math.ceil(elementCount(tensor.dims) * elementSize(tensor.dataType))

const describe = (node: Node): string => (node.name ? `Node '${node.name}' (${node.opType})` : `The ${node.opType} node that yields '${node.outputs[0] ?? ''}'`)
