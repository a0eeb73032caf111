/** A network source made from an opened model, and its features computed once where the head alone is trained. */
import { AppError } from '#contract/errors.ts'
import type { Recipe } from '#contract/training.ts'
import type { Preprocessing } from '#contract/preprocessing.ts'
import { wantsLightOnDark } from '../../datasets/borders.ts'
import { createRandom } from '../../lib/random.ts'
import { normalizedModel, specialize } from '../../network/compute-model.ts'
import { networkInputs } from '../../network/input-sizes.ts'
import { attributesOf } from '../../onnx/attributes.ts'
import { ownModel } from '../../onnx/model.ts'
import type { Dim, Model, Node, Tensor } from '../../onnx/model.ts'
import { loadModel } from '../../onnx/read.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { preprocessingMetadata } from '../../preprocessing/own-metadata.ts'
import { findPictureInput } from '../../preprocessing/picture-input.ts'
import type { PictureInput } from '../../preprocessing/picture-input.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { NetworkBuilder } from '../builder.ts'
import type { Flow, Mode } from '../builder.ts'
import { buildBlocks, infoOf, inputName } from '../network.ts'
import type { BuiltNetwork } from '../network.ts'
import type { NetSource } from '../net-source.ts'
import { chooseCuts, passagesOf } from './cuts.ts'
import { featuresOf } from './features.ts'
import { buildModelNet, endDims, headBlocks, isGlobalPool, learningNodes, prunedBody } from './model-net.ts'
import type { ModelNet, OpenedBody } from './model-net.ts'
import { setApart } from './own-names.ts'
import { settleNet } from './settle-net.ts'

type ModelRecipe = Pick<Recipe, 'seed' | 'initialization' | 'name' | 'description' | 'augment'> & { readonly net: ModelNet }

/** Features of all examples together, beyond which they are computed anew at every step. */
const mostFeatures = 2 ** 28

export async function openModelSource(recipe: ModelRecipe, runtime?: Runtime): Promise<NetSource> {
  const { model: normalized, rename } = setApart(normalizedModel(await loadModel(recipe.net.path)))
  const picture = findPictureInput(networkInputs(normalized))
  if (!picture) throw new AppError('model-unsupported', `${recipe.net.path} takes no pictures: a new head can be put on models of pictures only.`)
  const size = { height: picture.height, width: picture.width }
  const augments = Object.values(recipe.augment).some((amount) => amount !== 0 && amount !== false)
  let net = recipe.net
  const bodyOf = (): OpenedBody => ({ net: withDefaults(net.cut === undefined ? net : { ...net, cut: rename(net.cut) }, normalized, picture), recipe, normalized, picture: { name: picture.name, dims: picture.dims }, preprocessing: net.preprocessing ?? plain(picture) })
  /** Channels of the data's pictures, for the finished model. */
  let channels = picture.channels as number
  let lightOnDark = false

  /** Where what is computed once ends, once the data are known. */
  let features: Extractor | undefined
  const plans = new Map<string, Extractor | undefined>()
  const planned = (): Extractor | undefined => {
    const key = JSON.stringify(net)
    if (!plans.has(key)) plans.set(key, augments ? undefined : extractorOf(bodyOf()))
    return plans.get(key)
  }
  const extract = ({ body }: Extractor, batch: Dim): BuiltNetwork => buildModelNet(body, [channels, picture.height, picture.width], 'inference', batch)

  return {
    size,
    get standardize() { return features?.from === 'head' ? 'all' as const : { mean: [0], std: [1] } },
    settled: () => net,
    async adapt(dataset, controls) {
      if (dataset.input.kind !== 'pictures') throw new AppError('data-invalid', `${dataset.name} holds numbers; the model takes pictures.`)
      net = await settleNet(net, dataset, controls)
      channels = dataset.input.channels
      lightOnDark = wantsLightOnDark(dataset, Array.from({ length: dataset.count }, (_, index) => index))
      const plan = planned()
      if (!plan) return dataset
      const width = extract(plan, 1).outputDims.reduce((product, dim) => product * dim, 1)
      if (dataset.count * width > mostFeatures) {
        if (plan.from === 'head') throw new AppError('option-invalid', `${dataset.count} pictures with ${width} features each are too much to keep. Cut the model later, or let the head begin with GAP.`)
        return dataset
      }
      features = plan
      return featuresOf(dataset, size, (batch) => extract(plan, batch), { ...controls, runtime: runtime ?? controls.runtime })
    },
    build(inputDims, mode, batch) {
      if (inputDims.length !== 1) return buildModelNet(bodyOf(), inputDims, mode, batch)
      const from = planned()?.from ?? 'head'
      return from === 'head' ? headOnFeatures(bodyOf(), inputDims, mode, batch) : buildModelNet(bodyOf(), inputDims, mode, batch, from.value)
    },
    finish: (trained) => (features ? joined(extract(features, 'batch'), trained, { channels, lightOnDark }) : trained),
  }
}

/** What is frozen of a model, and what is fed with its features: a new head, or the model's own layers behind a value. */
interface Extractor { readonly body: OpenedBody; readonly from: 'head' | { readonly value: string } }

/**
 * With a head alone: up to what it is trained on, behind its pooling over whole maps if it begins so. With the last layers: up to the last value
 * before them through which everything passes; undefined where there is none.
 */
function extractorOf(body: OpenedBody): Extractor | undefined {
  if (body.net.train === 'all') return undefined
  if (body.net.train === 'head') {
    const [first] = headBlocks(body.net.head ?? '', endDims(body, body.net.cut ?? ''))
    return { from: 'head', body: { ...body, net: { ...body.net, head: isGlobalPool(first) ? (first?.block === 'global-max' ? 'GMP' : 'GAP') : 'FL' } } }
  }
  const { model } = prunedBody(body, 1)
  const [first] = learningNodes(model, body.net.train)
  const place = first === undefined ? -1 : model.graph.nodes.indexOf(first)
  const value = passagesOf(model).findLast(({ name, position }) => position < place && model.graph.nodes.some((node) => node.outputs.includes(name)))?.name
  return value === undefined ? undefined : { from: { value }, body: { ...body, net: { ...body.net, cut: value, head: 'FL', train: 'head' } } }
}

function headOnFeatures(body: OpenedBody, inputDims: readonly number[], mode: Mode, batch: Dim): BuiltNetwork {
  const { recipe, net } = body
  const builder = new NetworkBuilder({ random: createRandom(recipe.seed), mode, batch, initialization: recipe.initialization })
  const dims = endDims(body, net.cut ?? '')
  const blocks = headBlocks(net.head ?? '', dims)
  const pooled = isGlobalPool(blocks[0])
  const flow: Flow = { name: inputName, dims: inputDims }
  const output = buildBlocks(builder, pooled ? blocks.slice(1) : blocks, pooled || dims.length === 1 ? flow : builder.reshape('features/Reshape', flow, dims))
  return {
    model: ownModel({
      name: recipe.name, nodes: builder.nodes, valueInfos: new Map(), outputs: [infoOf(output.name, [batch, ...output.dims])],
      inputs: [infoOf(inputName, [batch, ...inputDims]), ...builder.masks.map((mask) => infoOf(mask.name, [batch, ...mask.dims]))],
      initializers: new Map([...builder.constants, ...builder.parameters, ...[...builder.running].map(([key, { initial }]): [string, Tensor] => [key, initial])]),
    }, { doc: recipe.description }),
    input: inputName, output: output.name, inputDims, outputDims: output.dims, parameters: builder.parameters, running: builder.running, masks: builder.masks, smoothness: new Map(), rates: new Map(), layers: builder.layers,
  }
}

/** One file: raw pixels through the model's layers into the trained head. The head's own input name is taken by what the body gives. */
function joined(body: BuiltNetwork, head: Model, { channels, lightOnDark }: { readonly channels: number; readonly lightOnDark: boolean }): Model {
  const [features] = head.graph.inputs
  const [output] = head.graph.outputs
  const node = (opType: string, inputs: readonly string[], made: string): Node => ({ name: made, opType, domain: '', inputs, outputs: [made], attributes: attributesOf({}) })
  const raw = 'picture'
  const [, height = 1, width = 1] = body.inputDims
  // Names that both have would meet: the two inputs, the value between, constants that layers of both share.
  const taken = new Set([body.input, ...head.graph.initializers.keys(), ...head.graph.nodes.flatMap((each) => [each.name, ...each.outputs])])
  const apart = (name: string): string => (name !== '' && taken.has(name) ? `body/${name}` : name)
  const bodyNodes = body.model.graph.nodes.map((each) => ({ ...each, name: apart(each.name), inputs: each.inputs.map(apart), outputs: each.outputs.map(apart) }))
  const labels = JSON.parse(head.metadata.get('labels') ?? '[]') as string[]
  const probabilities = output?.name === 'probabilities'
  return {
    ...head, opsets: body.model.opsets, irVersion: Math.max(head.irVersion, body.model.irVersion),
    metadata: new Map([
      ...[...head.metadata].filter(([key]) => key !== 'inputs'),
      ...preprocessingMetadata({
        input: raw, layout: 'NCHW', channels: channels === 1 ? 'GRAY' : 'RGB', scale: 255, mean: Array.from({ length: channels }, () => 0), std: Array.from({ length: channels }, () => 1), invert: lightOnDark, height, width,
        fit: 'crop', resize: Math.min(height, width), labels, output: labels.length === 0 ? 'none' : probabilities ? 'probabilities' : 'logits', ...(labels.length > 0 && output ? { outputTensor: output.name } : {}),
      }),
    ]),
    graph: {
      ...head.graph, inputs: [infoOf(raw, ['batch', ...body.inputDims])],
      nodes: [node('Div', [raw, 'body/range'], 'body/input'), ...bodyNodes, node('Identity', [apart(body.output)], features?.name ?? ''), ...head.graph.nodes],
      initializers: new Map([['body/range', float32Tensor([], [255])], ...[...body.model.graph.initializers].map(([name, tensor]): [string, Tensor] => [apart(name), tensor]), ...head.graph.initializers]),
    },
  }
}

/** Before the data is known: to draw the network while it is chosen. */
function withDefaults(net: ModelNet, normalized: Model, picture: PictureInput): ModelNet {
  if (net.cut !== undefined || (net.train !== 'head' && net.head === undefined)) return net
  const { model, facts } = specialize(normalized, { dims: { [picture.name]: [1, ...picture.dims.slice(1)] }, batch: 1 })
  return { ...net, cut: chooseCuts(model, facts).suggested, head: net.head ?? 'GAP 2' }
}

const plain = ({ name, layout, channels, height, width }: PictureInput): Preprocessing =>
  ({ input: name, layout, channels: channels === 1 ? 'GRAY' : 'RGB', scale: 1, mean: [0], std: [1], invert: false, height, width, fit: 'crop', labels: [], output: 'logits' })
