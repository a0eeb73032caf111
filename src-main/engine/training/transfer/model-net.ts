/**
 * The network of a run that begins with an opened model: pixels in 0..1 through the model's own preprocessing and layers up to the cut,
 * then a new head. Batch normalisation of the model stays as it was trained, worked into the layer before it.
 */
import { AppError } from '#contract/errors.ts'
import type { Net, Recipe } from '#contract/training.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import { createRandom } from '../../lib/random.ts'
import { specialize } from '../../network/compute-model.ts'
import { freeBatch } from '../../network/rebatch.ts'
import { logitsOf } from '../../network/logits.ts'
import { attributesOf, int, intOf, ints } from '../../onnx/attributes.ts'
import { pruneTo } from '../../onnx/extract.ts'
import { foldBatchNormalization } from '../../onnx/fold-batch-norm.ts'
import { isStandard } from '../../onnx/model.ts'
import type { Dim, Model, Node, Tensor } from '../../onnx/model.ts'
import { inferShapes } from '../../onnx/shapes/infer-shapes.ts'
import { elementCount, float32Tensor, int64Tensor } from '../../onnx/tensor-data.ts'
import { NetworkBuilder } from '../builder.ts'
import type { BuiltLayer, Flow, Mode } from '../builder.ts'
import type { BlockList } from '../define-block.ts'
import { buildBlocks, infoOf, inputName } from '../network.ts'
import type { BuiltNetwork } from '../network.ts'
import { parseNotation } from '../notation.ts'

export type ModelNet = Extract<Net, { kind: 'model' }>

export interface OpenedBody {
  readonly net: ModelNet
  readonly recipe: Pick<Recipe, 'seed' | 'initialization' | 'name' | 'description'>
  /** Functions inlined, operator set 18 or later, float32. */
  readonly normalized: Model
  /** The model's picture input, with batch axis. */
  readonly picture: { readonly name: string; readonly dims: readonly number[] }
  readonly preprocessing: Preprocessing
}

/** Operators whose second and third inputs are learned. */
const learning: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])

/** Of a shape that Reshape is given: as many as go in. */
const asGiven = 0

/**
 * The whole network, for a static batch (training) or for any. `from`: without the layers before that value, which it is fed with as a row of
 * numbers an example.
 */
export function buildModelNet(body: OpenedBody, inputDims: readonly number[], mode: Mode, batch: Dim, from?: string): BuiltNetwork {
  const { net, recipe } = body
  const builder = new NetworkBuilder({ random: createRandom(recipe.seed), mode, batch, initialization: recipe.initialization })
  if (from === undefined) adapt(builder, body, { name: inputName, dims: inputDims })
  else builder.reshape(from, { name: inputName, dims: inputDims }, endDims(body, from))
  const { model: pruned, end } = prunedBody(body, batch, from)
  const dims = endDims(body, end)
  const before = builder.nodes.length
  const output = net.head === undefined ? builder.flatten('head/Flatten', { name: end, dims }) : buildBlocks(builder, headBlocks(net.head, dims), { name: end, dims })
  const moved = trainedWeights(pruned, net)
  const parameters = new Map([...builder.parameters, ...moved.weights])
  const model: Model = {
    ...pruned, metadata: new Map(), functions: [], doc: recipe.description,
    graph: {
      ...pruned.graph, name: recipe.name, valueInfos: new Map(),
      nodes: [...builder.nodes.slice(0, before), ...pruned.graph.nodes, ...builder.nodes.slice(before)],
      inputs: [infoOf(inputName, [batch, ...inputDims]), ...builder.masks.map((mask) => infoOf(mask.name, [batch, ...mask.dims]))],
      outputs: [infoOf(output.name, [batch, ...output.dims])],
      initializers: new Map([...pruned.graph.initializers, ...builder.constants, ...parameters, ...[...builder.running].map(([key, { initial }]): [string, Tensor] => [key, initial])]),
    },
  }
  return {
    model, input: inputName, output: output.name, inputDims, outputDims: output.dims, parameters, running: builder.running, masks: builder.masks, smoothness: new Map(),
    rates: new Map([...moved.weights.keys()].map((name) => [name, moved.last.has(name) && net.head === undefined ? 1 : net.bodyRate])), layers: [...moved.layers, ...builder.layers],
  }
}

/** The opened model up to the cut or its logits, its batch normalisation worked in. */
export function prunedBody(body: OpenedBody, batch: Dim, from?: string): { readonly model: Model; readonly end: string } {
  const { net, normalized, picture } = body
  const sized = typeof batch === 'number' ? specialize(normalized, { dims: { [picture.name]: [batch, ...picture.dims.slice(1)] }, batch }).model : freeBatch(normalized, asGiven)
  const end = net.cut ?? logitsOf(sized.graph, sized.graph.outputs[0]?.name ?? '')
  if (from === undefined) return { model: pruneTo(foldBatchNormalization(sized, new Set([end])), [end]), end }
  const model = pruneTo(foldBatchNormalization(sized, new Set([end, from])), [end], [from])
  return { model: { ...model, graph: { ...model.graph, inputs: [infoOf(from, [batch, ...endDims(body, from)])] } }, end }
}

/** Under names of its own; pooling over whole maps is left out where there are none. */
export function headBlocks(notation: string, dims: readonly number[]): BlockList {
  const blocks = parseNotation(notation).map((block) => ({ ...block, name: `head/${block.name}` }))
  return dims.length === 1 && isGlobalPool(blocks[0]) ? blocks.slice(1) : blocks
}

export const isGlobalPool = (block: BlockList[number] | undefined): boolean => block?.block === 'global-average' || block?.block === 'global-max'

/** Dims behind the batch axis at the cut. */
export function endDims({ normalized, picture }: OpenedBody, end: string): readonly number[] {
  const { facts } = specialize(normalized, { dims: { [picture.name]: [1, ...picture.dims.slice(1)] }, batch: 1 })
  const shape = facts.get(end)?.shape
  if (!shape?.every((dim) => typeof dim === 'number')) throw new AppError('tensor-missing', `The model has no value '${end}' of known shape to be cut at.`)
  return shape.slice(1).map(Number)
}

/** Pixels in 0..1, [N, C, H, W] RGB or grey, to what the model's input takes. */
function adapt(builder: NetworkBuilder, { picture, preprocessing }: OpenedBody, input: Flow): void {
  const { scale, mean, std, channels: order, layout } = preprocessing
  const channels = order === 'GRAY' ? 1 : 3
  const [given = 1, height = 1, width = 1] = input.dims
  let flow = input
  if (given === 1 && channels === 3) flow = builder.node('Concat', 'adapt/channels', [flow.name, flow.name, flow.name], [3, height, width], { axis: int(1) })
  if (given === 3 && channels === 1) flow = builder.node('Conv', 'adapt/luma', [flow.name, builder.constant('adapt/luma_weights', float32Tensor([1, 3, 1, 1], [0.299, 0.587, 0.114]))], [1, height, width], { kernel_shape: ints([1, 1]) })
  if (order === 'BGR') flow = builder.node('Gather', 'adapt/bgr', [flow.name, builder.constant('adapt/bgr_order', int64Tensor([3], [2, 1, 0]))], flow.dims, { axis: int(1) })
  const at = (values: readonly number[], channel: number): number => values[channel] ?? values[0] ?? 0
  const perChannel = (value: (channel: number) => number): Tensor => float32Tensor([1, channels, 1, 1], Array.from({ length: channels }, (_, channel) => value(channel)))
  const scaled = builder.node('Mul', 'adapt/scaled', [flow.name, builder.constant('adapt/factor', perChannel((channel) => scale / (at(std, channel) || 1)))], flow.dims)
  const shifted = layout === 'NHWC' || picture.dims.length !== 4 ? 'adapt/shifted' : picture.name
  const last = builder.node('Add', shifted, [scaled.name, builder.constant('adapt/offset', perChannel((channel) => -at(mean, channel) / (at(std, channel) || 1)))], flow.dims)
  if (shifted === picture.name) return
  if (picture.dims.length === 4) builder.nodes.push({ name: 'adapt/layout', opType: 'Transpose', domain: '', inputs: [last.name], outputs: [picture.name], attributes: attributesOf({ perm: ints([0, 2, 3, 1]) }) })
  else builder.node('Reshape', picture.name, [last.name, builder.constant('adapt/shape', int64Tensor([picture.dims.length], [0, ...picture.dims.slice(1)]))], picture.dims.slice(1))
}

/** The model's last so many layers with weights, or all of them. */
export function learningNodes({ graph }: Pick<Model, 'graph'>, train: ModelNet['train']): readonly Node[] {
  if (train === 'head') return []
  const weighted = graph.nodes.filter((node) => isStandard(node) && learning.has(node.opType) && node.inputs.slice(1).some((name) => graph.initializers.get(name)?.dataType === 'float32'))
  return train === 'all' ? weighted : weighted.slice(-train)
}

/** Weights and biases of the model's last so many learning layers, or of all; none where the head alone is trained. */
function trainedWeights(model: Model, { train }: ModelNet): { readonly weights: ReadonlyMap<string, Tensor>; readonly layers: readonly BuiltLayer[]; /** Those of the last layer, which answers. */ readonly last: ReadonlySet<string> } {
  const { graph } = model
  const weights = new Map<string, Tensor>()
  const chosen = learningNodes(model, train)
  if (chosen.length === 0) return { weights, layers: [], last: new Set() }
  const facts = inferShapes({ ...emptyModel, graph })
  const layers = chosen.map((node: Node): BuiltLayer => {
    const learned = node.inputs.slice(node.opType === 'MatMul' ? 0 : 1).filter((name) => graph.initializers.get(name)?.dataType === 'float32')
    for (const name of learned) weights.set(name, graph.initializers.get(name) ?? float32Tensor([0], []))
    const [kernel] = learned
    const output = node.outputs[0] ?? ''
    return {
      id: node.name === '' ? output : node.name, ...wordsOf(node, graph.initializers.get(kernel ?? '')?.dims ?? []), dims: (facts.get(output)?.shape ?? []).slice(1).map(Number), output, activation: 'linear',
      parameters: learned.reduce((sum, name) => sum + elementCount(graph.initializers.get(name)?.dims ?? []), 0),
      ...(kernel === undefined || (graph.initializers.get(kernel)?.dims.length ?? 0) < 2 ? {} : { kernel }),
    }
  })
  return { weights, layers, last: new Set(chosen.at(-1)?.inputs) }
}

/** A layer of the model as the short notation would write it, and its own name. */
function wordsOf(node: Node, kernel: readonly number[]): { readonly notation: string; readonly title: string } {
  const { name, opType } = node
  const [first = 0, second = 0, ...taps] = kernel
  if (kernel.length < 2) return { notation: opType, title: name === '' ? opType : name }
  const units = opType === 'MatMul' || opType === 'ConvTranspose' || (opType === 'Gemm' && intOf(node, 'transB', 0) === 0) ? second : first
  const notation = taps.length === 0 ? `${units}F` : opType === 'ConvTranspose' ? `${units}T${taps[0]}` : second === 1 && first > 1 ? `DW${taps[0]}` : `${units}C${taps[0]}`
  return { notation, title: `${name === '' ? opType : name}: ${taps.length === 0 ? `${units} units` : `${units} filters of ${taps.join('×')}`}` }
}

const emptyModel: Omit<Model, 'graph'> = { irVersion: 8, opsets: new Map([['', 18]]), producerName: '', producerVersion: '', domain: '', modelVersion: 0, doc: '', metadata: new Map(), functions: [] }
