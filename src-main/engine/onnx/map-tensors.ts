/** Every constant of a model: initializers and attributes, in bodies and functions too. */
import type { Attribute, Graph, Model, Node, Tensor } from './model.ts'

/** The constants with names for messages: an initializer's own, or "node.attribute". */
export function tensorsOf(model: Model): readonly (readonly [name: string, tensor: Tensor])[] {
  return [...tensorsOfGraph(model.graph), ...model.functions.flatMap((body) => body.nodes.flatMap(tensorsOfNode))]
}

const tensorsOfGraph = (graph: Graph): (readonly [string, Tensor])[] => [...graph.initializers, ...graph.nodes.flatMap(tensorsOfNode)]

function tensorsOfNode(node: Node): (readonly [string, Tensor])[] {
  return [...node.attributes].flatMap(([name, attribute]): (readonly [string, Tensor])[] => {
    switch (attribute.kind) {
      case 'tensor': return [[`${node.name}.${name}`, attribute.value]]
      case 'tensors': return attribute.value.map((value) => [`${node.name}.${name}`, value])
      case 'graph': return tensorsOfGraph(attribute.value)
      case 'graphs': return attribute.value.flatMap(tensorsOfGraph)
      default: return []
    }
  })
}

/** The model with every constant replaced by `swap` of it. */
export function withTensors(model: Model, swap: (tensor: Tensor) => Tensor): Model {
  return { ...model, graph: graphWithTensors(model.graph, swap), functions: model.functions.map((body) => ({ ...body, nodes: nodesWithTensors(body.nodes, swap) })) }
}

function graphWithTensors(graph: Graph, swap: (tensor: Tensor) => Tensor): Graph {
  return { ...graph, initializers: new Map([...graph.initializers].map(([name, tensor]) => [name, swap(tensor)])), nodes: nodesWithTensors(graph.nodes, swap) }
}

const holdsTensors: ReadonlySet<Attribute['kind']> = new Set(['tensor', 'tensors', 'graph', 'graphs'])

function nodesWithTensors(nodes: readonly Node[], swap: (tensor: Tensor) => Tensor): Node[] {
  return nodes.map((node) => {
    if (![...node.attributes.values()].some(({ kind }) => holdsTensors.has(kind))) return node
    const attributes = [...node.attributes].map(([name, attribute]): readonly [string, Attribute] => {
      switch (attribute.kind) {
        case 'tensor': return [name, { ...attribute, value: swap(attribute.value) }]
        case 'tensors': return [name, { ...attribute, value: attribute.value.map(swap) }]
        case 'graph': return [name, { ...attribute, value: graphWithTensors(attribute.value, swap) }]
        case 'graphs': return [name, { ...attribute, value: attribute.value.map((body) => graphWithTensors(body, swap)) }]
        default: return [name, attribute]
      }
    })
    return { ...node, attributes: new Map(attributes) }
  })
}
