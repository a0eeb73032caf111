/** A half-precision model as a float32 one: execution providers have few float16 gradients, the CPU none. */
import { graphWithTensors, nodesWithTensors } from './external-data.ts'
import { withSubgraphs } from './inline-functions.ts'
import type { Attribute, DataType, Graph, Model, Node, Tensor, ValueInfo } from './model.ts'
import { dataTypes } from './model.ts'
import { float32Of, float32Tensor } from './tensor-data.ts'

const halves: ReadonlySet<DataType> = new Set(['float16', 'bfloat16'])
const float32Code = dataTypes.indexOf('float32')

/** Attributes that hold an element type's number: of Cast; of EyeLike, Bernoulli, RandomNormal and its like; of DequantizeLinear. */
const typeAttributes: ReadonlySet<string> = new Set(['to', 'dtype', 'output_dtype'])

/**
 * The same computation with every float16 and bfloat16 value as float32: weights, constants, casts, inputs and outputs. Exact for the weights;
 * inner results are no longer rounded to half precision. A model without such values is returned as it is.
 */
export function toFloat32(model: Model): Model {
  if (!hasHalves(model)) return model
  return { ...model, graph: widenedGraph(model.graph), functions: model.functions.map((body) => ({ ...body, nodes: widenedNodes(nodesWithTensors(body.nodes, widened)) })) }
}

function widenedGraph(graph: Graph): Graph {
  const { nodes, initializers, ...rest } = graphWithTensors(graph, widened)
  return { ...rest, initializers, nodes: widenedNodes(nodes), ...widenedInfos(graph) }
}

function widenedInfos(graph: Graph): Pick<Graph, 'inputs' | 'outputs' | 'valueInfos'> {
  return {
    inputs: graph.inputs.map(widenedInfo),
    outputs: graph.outputs.map(widenedInfo),
    valueInfos: new Map([...graph.valueInfos].map(([name, info]) => [name, widenedInfo(info)])),
  }
}

function widenedNodes(nodes: readonly Node[]): Node[] {
  return nodes.map((node) => {
    // graphWithTensors has widened the tensors of bodies already.
    const outer = withSubgraphs(node, (body) => ({ ...body, nodes: widenedNodes(body.nodes), ...widenedInfos(body) }))
    if (![...outer.attributes].some(([name, attribute]) => namesHalf(name, attribute))) return outer
    return { ...outer, attributes: new Map([...outer.attributes].map(([name, attribute]): readonly [string, Attribute] => [name, namesHalf(name, attribute) ? { kind: 'int', value: float32Code } : attribute])) }
  })
}

const namesHalf = (name: string, attribute: Attribute): boolean =>
  typeAttributes.has(name) && attribute.kind === 'int' && halves.has(dataTypes[attribute.value] ?? 'undefined')

const widenedInfo = (info: ValueInfo): ValueInfo =>
  info.type?.kind === 'tensor' && halves.has(info.type.dataType) ? { ...info, type: { ...info.type, dataType: 'float32' } } : info

const widened = (tensor: Tensor): Tensor => (halves.has(tensor.dataType) ? { ...float32Tensor(tensor.dims, float32Of(tensor)), ...(tensor.doc ? { doc: tensor.doc } : {}) } : tensor)

function hasHalves(model: Model): boolean {
  let found = false
  const look = (tensor: Tensor): Tensor => {
    found ||= halves.has(tensor.dataType)
    return tensor
  }
  graphWithTensors(model.graph, look)
  for (const body of model.functions) nodesWithTensors(body.nodes, look)
  const casts = (nodes: readonly Node[]): boolean => nodes.some((node) => [...node.attributes].some(([name, attribute]) => namesHalf(name, attribute)
    || (attribute.kind === 'graph' && casts(attribute.value.nodes)) || (attribute.kind === 'graphs' && attribute.value.some((graph) => casts(graph.nodes)))))
  const infos = [...model.graph.inputs, ...model.graph.outputs, ...model.graph.valueInfos.values()]
  return found || infos.some(({ type }) => type?.kind === 'tensor' && halves.has(type.dataType)) || casts(model.graph.nodes) || model.functions.some((body) => casts(body.nodes))
}
