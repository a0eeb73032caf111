/** The layers of a network as people see them: one for each operation that means something, with what belongs to it. */
import { isDeepStrictEqual } from 'node:util'
import type { Layer, NetworkStructure } from '#contract/graph.ts'
import type { Dim, Model, Node } from '../onnx/model.ts'
import type { Fact } from '../onnx/shapes/define-shape.ts'
import { windowsOf } from '../onnx/shapes/windows.ts'
import { draftLayers } from './draft.ts'
import type { Draft } from './draft.ts'
import { foldLayers } from './folding.ts'
import { gradientSupportOf } from './gradient-support.ts'
import { channelsLastValues, isPictureView, viewOf } from './layout.ts'
import { multiplyAccumulatesOf } from './multiply-accumulates.ts'
import { titlesOf } from './names.ts'
import { parametersOf } from './parameters.ts'
import { receptiveFields } from './receptive-field.ts'
import { sentenceOf, widthOf } from './sentence.ts'
import { batchOf, knownCount, nodeName, valueGraphOf } from './value-graph.ts'
import type { ValueGraph } from './value-graph.ts'

/**
 * The layers and the groups that they fold into.
 * @param model as read, or specialised; `facts` are of the same model (`inferShapes`)
 */
export function describeLayers(model: Model, facts: ReadonlyMap<string, Fact>): NetworkStructure {
  const layers = layersOf(model, facts)
  return { layers, groups: foldLayers(layers) }
}

/** In topological order, the model's inputs first and its outputs last; ids are stable for the same file. */
export function layersOf(model: Model, facts: ReadonlyMap<string, Fact>): Layer[] {
  const values = valueGraphOf(model, facts)
  const { units, drafts: all, ownerOf } = draftLayers(values)
  const channelsLast = channelsLastValues(units, values)
  const fieldOf = receptiveFields(units, values, channelsLast)
  const batch = batchOf(values)
  const viewAt = (name: string): Layer['view'] => viewOf(values.shapeOf(name), channelsLast.has(name), batch)
  const drafts = all.filter((draft) => draft.kind !== 'output' || !repeats(viewAt(draft.output), viewAt(ownerOf(draft.output)?.output ?? '')))
  const titles = titlesOf(drafts)
  const feeds = new Map<Draft, Set<Draft>>(drafts.map((draft) => [draft, new Set()]))
  const sources = new Map(drafts.map((draft) => [draft, new Set(draft.reads.map(ownerOf).filter((owner) => owner !== undefined))] as const))
  for (const [draft, owners] of sources) for (const owner of owners) feeds.get(owner)?.add(draft)
  const titleOf = (draft: Draft): string => titles.get(draft) ?? ''
  const widthBefore = (draft: Draft): number | undefined => {
    const read = draft.reads[0]
    return draft.kind === 'dense' ? innerExtentOf(draft, values) : read === undefined ? undefined : widthOf(viewAt(ownerOf(read)?.output ?? read))
  }
  return drafts.map((draft): Layer => {
    const { kind, main, output } = draft
    const window = windowOf(draft, values)
    const field = fieldOf(output)
    const described = {
      kind, op: main.op, fused: draft.fused.map(({ op }) => op), view: viewAt(output),
      inputs: [...(sources.get(draft) ?? [])].map(titleOf),
      ...(window ? { window } : {}),
      ...(field ? { receptiveField: field } : {}),
    }
    const refused = refusalOf(draft, model, facts)
    return {
      id: titleOf(draft), title: titleOf(draft), ...described,
      nodes: draft.nodes.map(nodeName),
      outputTensor: output,
      ...(draft.preActivation === undefined ? {} : { preActivationTensor: draft.preActivation }),
      outputs: [...(feeds.get(draft) ?? [])].map(titleOf),
      shape: (values.shapeOf(output) ?? []).map((dim: Dim) => (typeof dim === 'number' ? dim : null)),
      parameters: countOf(draft.nodes, values),
      macs: Math.round(draft.nodes.reduce((sum, node) => sum + multiplyAccumulatesOf(node, values), 0) / batch),
      ...weightsOf(draft, values),
      sentence: sentenceOf(described, widthBefore(draft)),
      ...(refused === undefined ? {} : { gradientRefused: refused }),
    }
  })
}

function countOf(nodes: readonly Node[], values: ValueGraph): number {
  const sources = new Map(nodes.flatMap((node) => [...parametersOf(node, values)]))
  return [...sources.values()].reduce((sum, count) => sum + count, 0)
}

/** Whether an output of the model would show again what its last layer shows. Pictures stand at the end as pictures, beside their maps. */
const repeats = (output: Layer['view'], shown: Layer['view']): boolean => !isPictureView(output) && isDeepStrictEqual(output, shown)

/** Why no gradient passes the layer: the first of its nodes that has none. */
function refusalOf({ nodes }: Draft, model: Model, facts: ReadonlyMap<string, Fact>): string | undefined {
  for (const node of nodes) {
    const { gradient, reason } = gradientSupportOf(node, model, facts)
    if (gradient === 'refused' || gradient === 'missing') return `${node.opType}: ${reason}`
  }
  return undefined
}

/** Units that each unit of a dense layer reads. */
function innerExtentOf(draft: Draft, values: ValueGraph): number | undefined {
  const { weight } = weightsOf(draft, values)
  const units = values.shapeOf(draft.main.outputs[0] ?? '')?.at(-1)
  return weight === undefined || typeof units !== 'number' || units === 0 ? undefined : knownCount(values.shapeOf(weight)) / units
}

const weightPosition: Readonly<Record<string, number>> = { QLinearConv: 3, QLinearMatMul: 3, QGemm: 3 }
const biasPosition: Readonly<Record<string, number>> = { QLinearConv: 8, QGemm: 6 }

function windowOf({ kind, main }: Draft, values: ValueGraph): Layer['window'] {
  const [node] = main.nodes
  const rank = values.shapeOf(main.inputs[0] ?? '')?.length
  if (!node || rank === undefined || rank < 3 || (kind !== 'convolution' && !(kind === 'pooling' && node.attributes.has('kernel_shape')))) return undefined
  const weights = kind === 'convolution' ? values.shapeOf(node.inputs[weightPosition[node.opType] ?? 1] ?? '')?.slice(2) : undefined
  const { kernel, strides, dilations } = windowsOf(node, rank - 2, weights)
  const group = node.attributes.get('group')
  return { kernel: kernel.map((size) => (typeof size === 'number' ? size : 1)), strides: [...strides], dilations: [...dilations], groups: group?.kind === 'int' ? group.value : 1 }
}

/** Names of the kernel and of the bias, which may be a node of its own after the product. */
function weightsOf({ kind, main, fused }: Draft, values: ValueGraph): Pick<Layer, 'weight' | 'bias'> {
  const [node] = main.nodes
  if (!node || (kind !== 'convolution' && kind !== 'dense')) return {}
  const constantAt = (position: number): string | undefined => node.inputs[position] || undefined
  const first = node.inputs[0] ?? ''
  // A product may have its weights on the left.
  const weight = node.opType.includes('MatMul') && values.isConstant(first) ? first : constantAt(weightPosition[node.opType] ?? 1)
  const added = fused.find(({ op }) => op === 'Add')?.nodes[0]?.inputs.find((name) => values.isConstant(name))
  const bias = constantAt(biasPosition[node.opType] ?? (node.opType.includes('MatMul') ? Infinity : 2)) ?? added
  return { ...(weight === undefined || !values.isConstant(weight) ? {} : { weight }), ...(bias === undefined ? {} : { bias }) }
}
