/** A half-precision model as a float32 one: execution providers have few float16 gradients, the CPU none. */
import { subgraphsOf } from './captures.ts'
import { withSubgraphs } from './inline-functions.ts'
import { tensorsOf, withTensors } from './map-tensors.ts'
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
  const { graph, functions, ...rest } = withTensors(model, widened)
  return { ...rest, graph: widenedGraph(graph), functions: functions.map((body) => ({ ...body, nodes: widenedNodes(body.nodes) })) }
}

/** Types of values and of casts; the tensors are widened already. */
const widenedGraph = (graph: Graph): Graph => ({ ...graph, nodes: widenedNodes(graph.nodes), ...widenedInfos(graph) })

function widenedInfos(graph: Graph): Pick<Graph, 'inputs' | 'outputs' | 'valueInfos'> {
  return {
    inputs: graph.inputs.map(widenedInfo),
    outputs: graph.outputs.map(widenedInfo),
    valueInfos: new Map([...graph.valueInfos].map(([name, info]) => [name, widenedInfo(info)])),
  }
}

function widenedNodes(nodes: readonly Node[]): Node[] {
  return nodes.map((node) => {
    const outer = withSubgraphs(node, widenedGraph)
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
  const infos = [...model.graph.inputs, ...model.graph.outputs, ...model.graph.valueInfos.values()]
  return infos.some(({ type }) => type?.kind === 'tensor' && halves.has(type.dataType)) || tensorsOf(model).some(([, tensor]) => halves.has(tensor.dataType))
    || castsToHalf(model.graph.nodes) || model.functions.some((body) => castsToHalf(body.nodes))
}

function castsToHalf(nodes: readonly Node[]): boolean {
  return nodes.some((node) => [...node.attributes].some(([name, attribute]) => namesHalf(name, attribute)) || subgraphsOf(node).some((graph) => castsToHalf(graph.nodes)))
}
