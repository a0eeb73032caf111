/**
 * One step of a synthesis as one graph: parameters to picture, picture through the viewpoint into the network, the objective, its gradient and the
 * optimiser's update; parameters and the optimiser's memory in, their next content out.
 */
import { AppError, invariant } from '#contract/errors.ts'
import { appendEmitted } from '../autodiff/append-emitted.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import { Emit } from '../autodiff/emit.ts'
import type { Value } from '../autodiff/emit.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { displayInput } from '../network/network.ts'
import { attributesOf } from '../onnx/attributes.ts'
import { pruneTo } from '../onnx/extract.ts'
import { opsetOf, ownModel } from '../onnx/model.ts'
import type { Model, Node, Tensor, ValueInfo } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import type { Optimiser } from './define-optimiser.ts'
import type { Parameterisation, PictureShape } from './define-parameterisation.ts'
import type { ResolvedTerm } from './unit.ts'
import { lookAt } from './viewpoint.ts'

export interface StepGraphRequest {
  /** From `displayInput` [batch, C, H, W]; static shapes. */
  readonly network: Model
  readonly shape: PictureShape
  readonly parameterisation: Parameterisation
  readonly parameters: Readonly<Record<string, readonly number[]>>
  readonly terms: readonly ResolvedTerm[]
  readonly optimiser: Optimiser
  readonly target: LoweringTarget
}

export interface StepGraph {
  readonly model: Model
  readonly loop: Readonly<Record<string, string>>
  /** State that begins as zeros, with its dims. */
  readonly memory: Readonly<Record<string, readonly number[]>>
  /** Output: the weighted sum of the terms over the batch. */
  readonly value: string
  /** Output: the same of what is to be excited alone, without what restrains the picture. */
  readonly excited: string
  /** Fed beside the viewpoint, rate and the optimiser's feeds: selectors, references and the background of transparent pictures, with their dims. */
  readonly fed: Readonly<Record<string, readonly number[]>>
}

export const gridInput = 'viewpoint'
export const rateInput = 'rate'
export const backgroundInput = 'background'
/** Size of what was excited the step before, which relative weights count in. */
export const sizeInput = 'size'
export const selectorInput = (term: number): string => `selector/${term}`
export const referenceInput = (term: number): string => `reference/${term}`

const floats = (name: string, shape: readonly number[]): ValueInfo => ({ name, type: { kind: 'tensor', dataType: 'float32', shape } })
const valueOf = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })
const valuesOf = (dims: Readonly<Record<string, readonly number[]>>): Record<string, Value> => Object.fromEntries(Object.entries(dims).map(([name, each]) => [name, valueOf(name, each)]))

/** Throws 'gradient-missing' or 'gradient-refused' where the network cannot be differentiated between the layer and the picture. */
export function buildStepGraph(request: StepGraphRequest): StepGraph {
  const { shape, parameters, optimiser, target } = request
  const { forward, value, excited, fed } = composeForward(request)
  const names = Object.keys(parameters)
  const { model, value: scalar, gradients } = differentiate(forward, inferShapes(forward), { of: { kind: 'sum', tensor: value }, wrt: names }, { target, keep: [excited] })

  const emit = new Emit({ target, opset: opsetOf(model), prefix: 'update' })
  const rate = valueOf(rateInput, [])
  const feeds = Object.fromEntries(Object.keys(optimiser.feeds(1)).map((name) => [name, valueOf(name, [])]))
  const loop: Record<string, string> = {}
  const memory: Record<string, readonly number[]> = {}
  const outputs: ValueInfo[] = []
  const keep = (input: string, next: Value): void => { loop[input] = next.name; outputs.push(floats(next.name, next.dims)) }
  for (const name of names) {
    const dims = parameters[name] ?? []
    const gradient = gradients.get(name)
    invariant(gradient, `'${name}' has no gradient`)
    const shapes = Object.fromEntries(Object.entries(optimiser.memory).map(([part, kind]) => [part, kind === 'like' ? dims : []]))
    const held = Object.fromEntries(Object.entries(shapes).map(([part, each]) => [part, valueOf(`${name}/${part}`, each)]))
    emit.enter(name)
    const next = optimiser.build(emit, { parameter: valueOf(name, dims), gradient: valueOf(gradient, dims), rate, feeds, memory: held })
    keep(name, next.parameter)
    for (const [part, each] of Object.entries(shapes)) {
      const state = next.memory[part]
      invariant(state, `${optimiser.id} forgot '${part}'`)
      // An output may not be an input as it is: shifted memory gets a name of its own.
      keep(`${name}/${part}`, Object.values(held).some((input) => input.name === state.name) ? copied(emit, state) : state)
      memory[`${name}/${part}`] = each
    }
  }
  return {
    loop, memory, value: scalar, excited, fed,
    model: appendEmitted(model, emit, {
      // A viewpoint or parameter that nothing depends on would be missing here: all are named.
      inputs: [
        ...names.map((name) => floats(name, parameters[name] ?? [])), floats(gridInput, gridDims(shape)), ...Object.entries(fed).map(([name, dims]) => floats(name, dims)),
        ...Object.entries(memory).map(([name, dims]) => floats(name, dims)), floats(rateInput, []), ...Object.keys(feeds).map((name) => floats(name, [])),
      ],
      outputs: [...model.graph.outputs.filter(({ name }) => name === scalar || name === excited), ...outputs],
    }),
  }
}

const gridDims = ({ batch, height, width }: PictureShape): readonly number[] => [batch, height, width, 2]

function copied(emit: Emit, value: Value): Value {
  const [copy] = emit.node('Identity', [value], {}, [value])
  invariant(copy, 'no copy')
  return copy
}

function composeForward({ network, shape, parameterisation, parameters, terms, target }: StepGraphRequest): { readonly forward: Model; readonly value: string; readonly excited: string; readonly fed: Record<string, readonly number[]> } {
  const opset = opsetOf(network)
  const { batch, channels, height, width, ground, alpha } = shape
  const fed: Record<string, readonly number[]> = {}
  const feed = (name: string, dims: readonly number[]): Value => { fed[name] = dims; return valueOf(name, dims) }
  const before = new Emit({ target, opset, prefix: 'picture' })
  const drawn = parameterisation.build(before, valuesOf(parameters), shape)
  const [colors = drawn, opacity] = alpha ? before.split(drawn, [channels, 1], 1) : [drawn]
  const picture = opacity ? laidOver(before, colors, opacity, feed(backgroundInput, [batch, channels, height, width])) : colors
  const seen = lookAt(before, picture, valueOf(gridInput, gridDims(shape)), ground)
  const entry: Node = { name: displayInput, opType: 'Identity', domain: '', inputs: [seen.name], outputs: [displayInput], attributes: attributesOf({}) }

  const tensors = [...new Set(terms.flatMap(({ tensor }) => (tensor === undefined ? [] : [tensor])))]
  if (terms.every(({ objective }) => objective.restrains === true)) throw new AppError('option-invalid', 'The objective only restrains the picture: add what it should excite.')
  const part = pruneTo(network, tensors)
  const others = part.graph.inputs.filter((input) => input.name !== displayInput)
  if (others.length > 0) throw new AppError('input-required', `The network also reads ${others.map((input) => `'${input.name}'`).join(', ')}: only networks of one picture can be asked what they respond to.`)
  const facts = inferShapes(network)
  const after = new Emit({ target, opset, prefix: 'objective' })
  const layerAt = (tensor: string): Value => {
    const dims = staticDims(facts.get(tensor)?.shape ?? [null])
    if (!dims) throw new AppError('shape-unknown', `The shape of '${tensor}' is not known before a run: choose another layer.`)
    return valueOf(tensor, dims)
  }
  const sums = terms.map(({ objective, term, tensor, channelsLast, units }, index) => {
    const value = tensor === undefined ? undefined : layerAt(tensor)
    after.enter(`${index}/${objective.id}`)
    const made = after.mul(objective.build({
      emit: after, picture, ground, position: term.position, power: term.power,
      layer: () => { invariant(value, `${objective.id} has no layer`); return { value, channelsLast } },
      selector: () => feed(selectorInput(index), [batch, units]),
      reference: () => { invariant(value, `${objective.id} has no layer`); return feed(referenceInput(index), [1, ...value.dims.slice(1)]) },
    }), term.weight)
    return { restrains: objective.restrains === true, made: term.relative === true ? after.mul(made, feed(sizeInput, [])) : made }
  })
  const total = (of: typeof sums): Value => after.reduceSum(of.map(({ made }) => made).reduce((all, each) => after.add(all, each)))
  const excited = total(sums.filter(({ restrains }) => !restrains))
  const sum = total(sums)
  // What is opaque costs, so that only what excites is drawn (Mordvintsev et al. 2018, "Semi-transparent patterns").
  const value = opacity ? after.mul(sum, after.oneMinus(after.reduceMean(opacity))) : sum
  const { graph } = part
  return {
    value: value.name, excited: excited.name, fed,
    forward: {
      ...part,
      graph: {
        ...graph,
        nodes: [...before.nodes, entry, ...graph.nodes, ...after.nodes],
        initializers: new Map<string, Tensor>([...graph.initializers, ...before.initializers, ...after.initializers]),
        inputs: [...Object.entries(parameters).map(([name, dims]) => floats(name, dims)), floats(gridInput, gridDims(shape)), ...Object.entries(fed).map(([name, dims]) => floats(name, dims))],
        outputs: [{ name: value.name }],
        valueInfos: new Map(),
      },
    },
  }
}

/** c a + b (1 - a). */
const laidOver = (emit: Emit, colors: Value, opacity: Value, background: Value): Value => emit.add(emit.mul(colors, opacity), emit.mul(background, emit.oneMinus(opacity)))

/** From parameters to the picture as it is shown, its alpha with it. */
export function buildPictureGraph(parameterisation: Parameterisation, parameters: Readonly<Record<string, readonly number[]>>, shape: PictureShape, target: LoweringTarget): { readonly model: Model; readonly output: string } {
  const emit = new Emit({ target, opset: 18, prefix: 'picture' })
  const picture = parameterisation.build(emit, valuesOf(parameters), shape)
  return {
    output: picture.name,
    model: ownModel({ name: 'picture', nodes: emit.nodes, initializers: emit.initializers, valueInfos: new Map(), outputs: [floats(picture.name, picture.dims)], inputs: Object.entries(parameters).map(([name, dims]) => floats(name, dims)) }),
  }
}
