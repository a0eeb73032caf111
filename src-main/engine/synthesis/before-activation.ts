/**
 * Where a unit can be woken: a silent one has no gradient behind its ReLU. Values are followed back to before their activation, through operators
 * that hand channels on as they are. What excites a unit before its activation excites it behind it, since activations do not fall.
 */
import { intOf } from '../onnx/attributes.ts'
import { indexGraph } from '../onnx/graph.ts'
import type { GraphIndex } from '../onnx/graph.ts'
import type { Graph, Node } from '../onnx/model.ts'
import { isStandard } from '../onnx/model.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import type { Network } from '../network/network.ts'

/** Flat where a unit is silent, or nearly. */
const activations: ReadonlySet<string> = new Set(['Relu', 'Clip', 'Sigmoid', 'Tanh', 'HardSigmoid', 'ThresholdedRelu'])
/** max(relu(x)) = relu(max(x)): a pooled unit sleeps when all that it pools does. */
const passing: ReadonlySet<string> = new Set(['Identity', 'Dropout', 'MaxPool', 'GlobalMaxPool'])

const indexes = new WeakMap<Graph, GraphIndex>()
function producerOf({ compute: { graph } }: Network, tensor: string): Node | undefined {
  const index = indexes.get(graph) ?? indexGraph(graph)
  indexes.set(graph, index)
  const node = index.producers.get(tensor)
  return node && isStandard(node) ? node : undefined
}

/** The value in front of the activation that made it; itself where none did. */
export function beforeActivation(network: Network, tensor: string): string {
  const node = producerOf(network, tensor)
  return node && activations.has(node.opType) ? (node.inputs[0] ?? tensor) : tensor
}

/** The same of one unit: through joined branches to the branch that it comes from, as that branch's unit. */
export function unitBeforeActivation(network: Network, tensor: string, unit: number, channelsLast: boolean): { readonly tensor: string; readonly unit: number } {
  const node = producerOf(network, tensor)
  if (!node) return { tensor, unit }
  const [input = tensor] = node.inputs
  if (activations.has(node.opType)) return { tensor: input, unit }
  if (passing.has(node.opType)) {
    const deeper = unitBeforeActivation(network, input, unit, channelsLast)
    // Where nothing sleeps the unit stays what was asked for: the pooled one.
    return deeper.tensor === input || unitsAt(network, input, channelsLast) !== unitsAt(network, tensor, channelsLast) ? { tensor, unit } : deeper
  }
  if (node.opType !== 'Concat') return { tensor, unit }
  const rank = staticDims(network.facts.get(tensor)?.shape ?? [null])?.length ?? 0
  const axis = intOf(node, 'axis', 0)
  if (rank === 0 || (axis < 0 ? axis + rank : axis) !== (channelsLast ? rank - 1 : 1)) return { tensor, unit }
  let first = 0
  for (const branch of node.inputs) {
    const units = unitsAt(network, branch, channelsLast)
    if (units === undefined) return { tensor, unit }
    if (unit < first + units) return unitBeforeActivation(network, branch, unit - first, channelsLast)
    first += units
  }
  return { tensor, unit }
}

/**
 * The one unit, before its activation, that a unit behind a depthwise convolution depends on. While that one is silent nothing of the picture reaches the unit:
 * its convolution reads zeros. Undefined where the unit reads more than one channel, or none that could sleep.
 */
export function solelyBehind(network: Network, tensor: string, unit: number): { readonly tensor: string; readonly unit: number } | undefined {
  const node = producerOf(network, tensor)
  const [input = '', weight = ''] = node?.inputs ?? []
  if (node?.opType === 'BatchNormalization') return solelyBehind(network, input, unit)
  const [units = 0, perGroup = 0] = staticDims(network.facts.get(weight)?.shape ?? [null]) ?? []
  if (node?.opType !== 'Conv' || perGroup !== 1 || intOf(node, 'group', 1) === 1) return undefined
  const source = unitBeforeActivation(network, input, Math.floor((unit * intOf(node, 'group', 1)) / units), false)
  return source.tensor === input ? undefined : source
}

function unitsAt(network: Network, tensor: string, channelsLast: boolean): number | undefined {
  const dims = staticDims(network.facts.get(tensor)?.shape ?? [null])
  return channelsLast ? dims?.at(-1) : dims?.[1]
}
