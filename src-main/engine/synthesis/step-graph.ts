/**
 * One step of a synthesis as one graph: parameters to picture, picture through the viewpoint into the network, the objective, its gradient and the
 * optimiser's update; parameters and the optimiser's memory in, their next content out.
 */
import { AppError, invariant } from '#contract/errors.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import { Emit } from '../autodiff/emit.ts'
import type { Value } from '../autodiff/emit.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { displayInput } from '../network/network.ts'
import { attributesOf } from '../onnx/attributes.ts'
import { pruneTo } from '../onnx/extract.ts'
import { opsetOf } from '../onnx/model.ts'
import type { Model, Node, Tensor, ValueInfo } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { elementCount, float32Tensor } from '../onnx/tensor-data.ts'
import type { Objective, ObjectiveTarget } from './define-objective.ts'
import type { Optimiser } from './define-optimiser.ts'
import type { Parameterisation, PictureShape } from './define-parameterisation.ts'
import { lookAt } from './viewpoint.ts'

export interface WeightedObjective {
  readonly objective: Objective
  readonly weight: number
  /** Name of the layer's value in `network`. */
  readonly tensor: string
  readonly target: Omit<ObjectiveTarget, 'value'>
}

export interface StepGraphRequest {
  /** From `displayInput` [batch, C, H, W]; static shapes. */
  readonly network: Model
  readonly shape: PictureShape
  readonly parameterisation: Parameterisation
  readonly parameters: Readonly<Record<string, readonly number[]>>
  readonly objectives: readonly WeightedObjective[]
  readonly optimiser: Optimiser
  readonly target: LoweringTarget
}

export interface StepGraph {
  readonly model: Model
  readonly loop: Readonly<Record<string, string>>
  /** State that begins as zeros, with its dims. */
  readonly memory: Readonly<Record<string, readonly number[]>>
  /** Output: the weighted sum of the objectives over the batch. */
  readonly value: string
}

export const gridInput = 'viewpoint'
export const rateInput = 'rate'

const floats = (name: string, shape: readonly number[]): ValueInfo => ({ name, type: { kind: 'tensor', dataType: 'float32', shape } })
const valueOf = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })

/** Throws 'gradient-missing' or 'gradient-refused' where the network cannot be differentiated between the layer and the picture. */
export function buildStepGraph(request: StepGraphRequest): StepGraph {
  const { shape, parameters, optimiser, target } = request
  const { forward, value } = composeForward(request)
  const names = Object.keys(parameters)
  const { model, value: scalar, gradients } = differentiate(forward, inferShapes(forward), { of: { kind: 'sum', tensor: value }, wrt: names }, { target })

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
    const held = Object.fromEntries(optimiser.memory.map((part) => [part, valueOf(`${name}/${part}`, dims)]))
    emit.enter(name)
    const next = optimiser.build(emit, { parameter: valueOf(name, dims), gradient: valueOf(gradient, dims), rate, feeds, memory: held })
    keep(name, next.parameter)
    for (const part of optimiser.memory) {
      const state = next.memory[part]
      invariant(state, `${optimiser.id} forgot '${part}'`)
      keep(`${name}/${part}`, state)
      memory[`${name}/${part}`] = dims
    }
  }
  const { graph } = model
  return {
    loop, memory, value: scalar,
    model: {
      ...model,
      graph: {
        ...graph,
        nodes: [...graph.nodes, ...emit.nodes],
        initializers: new Map([...graph.initializers, ...emit.initializers]),
        // A viewpoint or parameter that nothing depends on would be missing here: all are named.
        inputs: [...names.map((name) => floats(name, parameters[name] ?? [])), floats(gridInput, [shape.batch, shape.height, shape.width, 2]), ...Object.entries(memory).map(([name, dims]) => floats(name, dims)), floats(rateInput, []), ...Object.keys(feeds).map((name) => floats(name, []))],
        outputs: [...graph.outputs.filter((output) => output.name === scalar), ...outputs],
      },
    },
  }
}

function composeForward({ network, shape, parameterisation, parameters, objectives, target }: StepGraphRequest): { readonly forward: Model; readonly value: string } {
  const opset = opsetOf(network)
  const before = new Emit({ target, opset, prefix: 'picture' })
  const picture = parameterisation.build(before, Object.fromEntries(Object.entries(parameters).map(([name, dims]) => [name, valueOf(name, dims)])), shape)
  const seen = lookAt(before, picture, valueOf(gridInput, [shape.batch, shape.height, shape.width, 2]))
  const entry: Node = { name: displayInput, opType: 'Identity', domain: '', inputs: [seen.name], outputs: [displayInput], attributes: attributesOf({}) }

  const part = pruneTo(network, [...new Set(objectives.map(({ tensor }) => tensor))])
  const others = part.graph.inputs.filter((input) => input.name !== displayInput)
  if (others.length > 0) throw new AppError('input-required', `The network also reads ${others.map((input) => `'${input.name}'`).join(', ')}: only networks of one picture can be asked what they respond to.`)
  const facts = inferShapes(network)
  const after = new Emit({ target, opset, prefix: 'objective' })
  const terms = objectives.map(({ objective, weight, tensor, target: of }) => {
    const shapeOfTensor = facts.get(tensor)?.shape
    const dims = shapeOfTensor && staticDims(shapeOfTensor)
    if (!dims) throw new AppError('shape-unknown', `The shape of '${tensor}' is not known before a run: choose another layer.`)
    return after.mul(objective.build(after, { ...of, value: valueOf(tensor, dims) }), weight)
  })
  const value = after.reduceSum(terms.reduce((sum, term) => after.add(sum, term)))
  const { graph } = part
  return {
    value: value.name,
    forward: {
      ...part,
      graph: {
        ...graph,
        nodes: [...before.nodes, entry, ...graph.nodes, ...after.nodes],
        initializers: new Map<string, Tensor>([...graph.initializers, ...before.initializers, ...after.initializers]),
        inputs: [...Object.entries(parameters).map(([name, dims]) => floats(name, dims)), floats(gridInput, [shape.batch, shape.height, shape.width, 2])],
        outputs: [{ name: value.name }],
        valueInfos: new Map(),
      },
    },
  }
}

/** From parameters to the picture as it is shown. */
export function buildPictureGraph(parameterisation: Parameterisation, parameters: Readonly<Record<string, readonly number[]>>, shape: PictureShape, target: LoweringTarget): { readonly model: Model; readonly output: string } {
  const emit = new Emit({ target, opset: 18, prefix: 'picture' })
  const picture = parameterisation.build(emit, Object.fromEntries(Object.entries(parameters).map(([name, dims]) => [name, valueOf(name, dims)])), shape)
  return {
    output: picture.name,
    model: {
      irVersion: 8, opsets: new Map([['', 18]]), producerName: 'phosphene', producerVersion: '', domain: '', modelVersion: 1, doc: '', metadata: new Map(), functions: [],
      graph: { name: 'picture', nodes: emit.nodes, initializers: emit.initializers, valueInfos: new Map(), outputs: [floats(picture.name, picture.dims)], inputs: Object.entries(parameters).map(([name, dims]) => floats(name, dims)) },
    },
  }
}

export const zerosOf = (dims: readonly number[]): Tensor => float32Tensor(dims, new Float32Array(elementCount(dims)))
