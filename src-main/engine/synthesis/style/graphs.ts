/**
 * The graphs of style transfer. A picture that fits into memory takes one a step; of a larger one every tile is measured first, the loss
 * is taken of the sums, and its gradient with respect to them goes back through every tile.
 */
import { invariant } from '#contract/errors.ts'
import { differentiate } from '../../autodiff/differentiate.ts'
import { Emit } from '../../autodiff/emit.ts'
import type { Value } from '../../autodiff/emit.ts'
import type { LoweringTarget } from '../../autodiff/lowering/target.ts'
import { displayInput } from '../../network/network.ts'
import { attributesOf } from '../../onnx/attributes.ts'
import { valuesReadBy } from '../../onnx/captures.ts'
import { opsetOf, ownModel } from '../../onnx/model.ts'
import type { Model, Node, Tensor, ValueInfo } from '../../onnx/model.ts'
import { topologicallySorted } from '../../onnx/order.ts'
import { prune } from '../../onnx/prune.ts'
import { elementCount, float32Tensor } from '../../onnx/tensor-data.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { Backbone, Tap } from './backbone.ts'
import type { Statistic } from './define-statistic.ts'
import { withFlatMasks } from './flat-masks.ts'
import { layersOf, names } from './plan.ts'
import type { StylePlan } from './plan.ts'
import { withPooledMasks } from './pooled-masks.ts'
import { backToMaps, contentOf, momentsOf, variationOf } from './terms.ts'

/** Held in the graph, or fed at every run where absent. */
export type Held = Readonly<Record<string, FloatTensor>>

/** A graph as it grows: inputs are asked for by name, and are constants of the graph where their content is held. */
class Draft {
  readonly emit: Emit
  readonly #held: Held
  readonly #inputs = new Map<string, Value>()
  readonly #constants = new Map<string, Tensor>()
  readonly #outputs: Value[] = []
  readonly #named: Node[] = []
  #late = 0

  constructor(emit: Emit, held: Held = {}) {
    this.emit = emit
    this.#held = held
  }

  input(name: string, dims: readonly number[]): Value {
    const held = this.#held[name]
    invariant(!held || elementCount(held.dims) === elementCount(dims), `'${name}' is held as [${held?.dims.join(', ') ?? ''}] and used as [${dims.join(', ')}]`)
    const value: Value = { name, dataType: 'float32', dims }
    if (held) this.#constants.set(name, float32Tensor(dims, held.data))
    else this.#inputs.set(name, value)
    return value
  }

  /** onnxruntime computes first what was written last: what is emitted so far is written before the model, for the end of a run. */
  leaveForLast(): void {
    this.#late = this.emit.nodes.length
  }

  /** `value` under another name. */
  name(value: Value, name: string): Value {
    this.#named.push({ name, opType: 'Identity', domain: '', inputs: [value.name], outputs: [name], attributes: attributesOf({}) })
    return { ...value, name }
  }

  output(value: Value, name: string): void {
    this.#outputs.push(this.name(value, name))
  }

  /** Joined to `model`, whose inputs of the names given here are computed instead. */
  finish(model: Model = blank): Model {
    const { graph } = model
    const computed = new Set(this.#named.flatMap(({ outputs }) => outputs))
    const infoOf = ({ name, dims }: Value): ValueInfo => ({ name, type: { kind: 'tensor', dataType: 'float32', shape: dims } })
    const own = graph.inputs.filter(({ name }) => !computed.has(name) && !this.#inputs.has(name))
    return prune({
      ...model,
      graph: {
        ...graph,
        nodes: topologicallySorted([...this.emit.nodes.slice(0, this.#late), ...withoutFirst(graph.nodes, computed), ...this.emit.nodes.slice(this.#late), ...this.#named]),
        initializers: new Map([...graph.initializers, ...this.emit.initializers, ...this.#constants]),
        inputs: [...own, ...[...this.#inputs.values()].map(infoOf)], outputs: this.#outputs.map(infoOf), valueInfos: new Map(),
      },
    })
  }
}

/** The nodes that depend on none of these values, then the others. */
function withoutFirst(nodes: readonly Node[], values: ReadonlySet<string>): readonly Node[] {
  const behind = new Set(values)
  const [before, after]: [Node[], Node[]] = [[], []]
  for (const node of nodes) {
    const depends = valuesReadBy(node).some((name) => behind.has(name))
    if (depends) for (const output of node.outputs) behind.add(output)
    ;(depends ? after : before).push(node)
  }
  return [...before, ...after]
}

const blank = ownModel({ name: 'style', nodes: [], initializers: new Map(), valueInfos: new Map(), inputs: [], outputs: [] })
const draftOver = (model: Model, target: LoweringTarget, held?: Held): Draft => new Draft(new Emit({ target, opset: opsetOf(model), prefix: 'style' }), held)

/** From a picture (a tile) to the sums of every layer and region; layers of content as they are. */
export function measuringGraph(plan: StylePlan, backbone: Backbone, target: LoweringTarget, what: { readonly style: boolean; readonly content: boolean; readonly masked: boolean }): Model {
  const draft = draftOver(backbone.model, target)
  if (what.style)
    for (const layer of plan.style) {
      const tap = tapOf(backbone, layer)
      for (let region = 0; region < (what.masked ? plan.regions : 1); region++) {
        const { products, sums } = momentsOf(draft.emit, tap, what.masked ? maskInput(draft, tap, region) : undefined, plan.statistic.readsSums)
        draft.output(products, names.products(layer, region))
        if (sums) draft.output(sums, names.sums(layer, region))
      }
    }
  if (what.content) for (const layer of plan.content) draft.output(tapOf(backbone, layer).value, names.content(layer))
  return draft.finish(backbone.model)
}

/** From a style's sums over its whole picture to what is kept of it. */
export function targetGraph({ statistic, style }: StylePlan, taps: ReadonlyMap<string, Tap>, counts: Readonly<Record<string, number>>, index: number, target: LoweringTarget): Model {
  const draft = draftOver(blank, target)
  for (const layer of style) {
    const kept = statistic.target(draft.emit, { ...sumsInput(draft, statistic, layer, 0, channelsOf(taps, layer)), count: counts[layer] ?? 1 })
    for (const [part, value] of Object.entries(kept)) draft.output(value, names.target(layer, index, part))
  }
  return draft.finish()
}

/** From the sums over the whole picture to the losses and their gradients with respect to the sums. */
export function lossGraph(plan: StylePlan, taps: ReadonlyMap<string, Tap>, counts: Counts, held: Held, target: LoweringTarget): Model {
  const draft = draftOver(blank, target, held)
  const weights = styleWeights(draft, plan)
  const losses: Value[] = []
  plan.style.forEach((layer, row) => {
    for (let region = 0; region < plan.regions; region++) {
      const moments = { ...sumsInput(draft, plan.statistic, layer, region, channelsOf(taps, layer)), count: counts(layer, region) }
      const { values, products, sums } = lossesOf(draft, plan, { layer, row, region, weights }, moments)
      losses.push(...values)
      draft.output(products, names.byProducts(layer, region))
      if (sums) draft.output(sums, names.bySums(layer, region))
    }
  })
  draft.output(draft.emit.concat(losses.map((value) => draft.emit.reshape(value, [1])), 0), names.styleLosses)
  return draft.finish()
}

export interface StepParts {
  readonly plan: StylePlan
  readonly backbone: Backbone
  readonly counts: Counts
  readonly held: Held
  readonly target: LoweringTarget
  /** Elements of the whole picture. */
  readonly elements: number
}

/** Sum of a region's weights in a layer, over the whole picture. */
export type Counts = (layer: string, region: number) => number

/** A whole step: from the picture to all losses and their weighted sum's gradient. */
export function stepGraph(parts: StepParts): Model {
  const { plan, backbone, counts } = parts
  return backwardGraph(parts, false, (draft, tap, row) => {
    const weights = styleWeights(draft, plan)
    const gradients: Value[] = []
    const losses: Value[] = []
    for (let region = 0; region < plan.regions; region++) {
      const mask = plan.masked ? maskInput(draft, tap, region) : undefined
      const { products, sums } = momentsOf(draft.emit, tap, mask, plan.statistic.readsSums)
      const loss = lossesOf(draft, plan, { layer: tap.layer, row, region, weights }, { products, sums, count: counts(tap.layer, region) })
      losses.push(...loss.values)
      gradients.push(backToMaps(draft.emit, tap, mask, loss))
    }
    return { losses, gradients }
  }, backbone)
}

/** A tile's part of a step, given the gradients with respect to the whole picture's sums. */
export function tileGraph(parts: StepParts): Model {
  const { plan, backbone } = parts
  return backwardGraph(parts, true, (draft, tap) => ({
    losses: [],
    gradients: Array.from({ length: plan.regions }, (_, region) => backToMaps(draft.emit, tap, maskInput(draft, tap, region), {
      products: draft.input(names.byProducts(tap.layer, region), [tap.channels, tap.channels]),
      sums: plan.statistic.readsSums ? draft.input(names.bySums(tap.layer, region), [tap.channels, 1]) : undefined,
    })),
  }), backbone)
}

type StyleTerms = (draft: Draft, tap: Tap, row: number) => { readonly losses: readonly Value[]; readonly gradients: readonly Value[] }

function backwardGraph({ plan, held, target, elements }: StepParts, tiled: boolean, styleTerms: StyleTerms, backbone: Backbone): Model {
  const layers = layersOf(plan)
  const tapped = layers.map((layer) => tapOf(backbone, layer).value)
  const backward = differentiate(backbone.model, backbone.facts, {
    of: { kind: 'combination', terms: layers.map((layer) => ({ weight: 1, target: { kind: 'seed', tensor: tapOf(backbone, layer).value.name, input: names.seed(layer) } })) },
    wrt: [displayInput],
  }, { target, keep: tapped.map(({ name }) => name) })

  const draft = draftOver(backward.model, target, held)
  const { emit } = draft
  const contentWeights = plan.content.length > 0 ? draft.input(names.contentWeights, [plan.content.length]) : undefined
  const variation = variationOf(emit, backbone.picture, elements, tiled ? draft.input(names.pictureCore, [1, 1, ...backbone.picture.dims.slice(2)]) : undefined)
  const smoothing = emit.mul(variation.gradient, draft.input(names.variationWeight, []))
  draft.leaveForLast()
  const styleLosses: Value[] = []
  const contentLosses: Value[] = []
  // onnxruntime computes first what was written last: a layer's statistics before the layers behind it, so that none but its flat map is held beside them.
  for (const layer of layers.toReversed()) {
    const tap = tapOf(backbone, layer)
    const gradients: Value[] = []
    const row = plan.style.indexOf(layer)
    if (row >= 0) {
      const terms = styleTerms(draft, tap, row)
      styleLosses.unshift(...terms.losses)
      gradients.push(...terms.gradients)
    }
    const at = plan.content.indexOf(layer)
    if (at >= 0 && contentWeights) {
      const core = tiled ? draft.input(names.core(layer), [1, tap.height * tap.width]) : undefined
      const term = contentOf(emit, tap, draft.input(names.content(layer), tap.value.dims), draft.input(names.contentNorm(layer), []), core)
      contentLosses[at] = term.value
      gradients.push(emit.mul(term.gradient, emit.slice(contentWeights, [at], [at + 1], [0])))
    }
    const sum = gradients.reduce((total, each) => emit.add(total, each))
    draft.name(sum, names.seed(layer))
  }
  const through: Value = { ...backbone.picture, name: backward.gradients.get(displayInput) ?? '' }
  draft.output(emit.add(through, smoothing), names.gradient)
  const vector = (values: readonly Value[]): Value => emit.concat(values.toReversed().map((value) => emit.reshape(value, [1])).toReversed(), 0)
  if (contentLosses.length > 0) draft.output(vector(contentLosses), names.contentLosses)
  if (styleLosses.length > 0) draft.output(vector(styleLosses), names.styleLosses)
  draft.output(variation.value, names.variationLoss)
  return draft.finish(withPooledMasks(withFlatMasks(backward.model, tapped)))
}

interface Place { readonly layer: string; readonly row: number; readonly region: number; readonly weights: Value }

/** The losses of one layer and region, one a style that paints there in their order, and the gradient of their weighted sum. */
function lossesOf(draft: Draft, { statistic, regionOfStyle }: StylePlan, { layer, row, region, weights }: Place, moments: { readonly products: Value; readonly sums: Value | undefined; readonly count: number }) {
  const { emit } = draft
  const channels = moments.products.dims[0] ?? 1
  const parts = regionOfStyle.flatMap((at, style) => {
    if (at !== region) return []
    const kept = Object.fromEntries(Object.entries(statistic.targetDims(channels)).map(([part, dims]) => [part, draft.input(names.target(layer, style, part), dims)]))
    const loss = statistic.loss(emit, moments, kept)
    const weight = emit.slice(weights, [row, style], [row + 1, style + 1], [0, 1])
    return [{ value: loss.value, products: emit.mul(loss.products, weight), sums: loss.sums && emit.mul(loss.sums, weight) }]
  })
  invariant(parts.length > 0, `no style paints region ${region}`)
  const total = (of: (part: (typeof parts)[number]) => Value | undefined): Value | undefined =>
    parts.map(of).reduce((sum, each) => (sum && each ? emit.add(sum, each) : (sum ?? each)))
  return { values: parts.map(({ value }) => value), products: total(({ products }) => products)!, sums: total(({ sums }) => sums) }
}

function tapOf({ taps }: Backbone, layer: string): Tap {
  const tap = taps.get(layer)
  invariant(tap, `the backbone ends before '${layer}'`)
  return tap
}
const channelsOf = (taps: ReadonlyMap<string, Tap>, layer: string): number => taps.get(layer)?.channels ?? 1
const maskInput = (draft: Draft, { layer, height, width }: Tap, region: number): Value => draft.input(names.mask(layer, region), [1, height * width])
const styleWeights = (draft: Draft, { style, regionOfStyle }: StylePlan): Value => draft.input(names.styleWeights, [style.length, regionOfStyle.length])
function sumsInput(draft: Draft, { readsSums }: Statistic, layer: string, region: number, channels: number): { readonly products: Value; readonly sums: Value | undefined } {
  return { products: draft.input(names.products(layer, region), [channels, channels]), sums: readsSums ? draft.input(names.sums(layer, region), [channels, 1]) : undefined }
}
