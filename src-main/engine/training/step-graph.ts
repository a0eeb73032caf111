/**
 * Forward, loss, backward and update as one graph: state in (weights, running averages, moments), state out, fed with a batch. Made
 * with the project's own differentiation, so it runs wherever a backward graph runs.
 */
import { invariant } from '#contract/errors.ts'
import type { Loss, Optimizer } from '#contract/training.ts'
import { appendEmitted } from '../autodiff/append-emitted.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import { Emit } from '../autodiff/emit.ts'
import type { Value } from '../autodiff/emit.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import type { Model, Tensor, ValueInfo } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { shareSubexpressions } from '../onnx/share-subexpressions.ts'
import { elementCount, float32Tensor } from '../onnx/tensor-data.ts'
import { createRandom } from '../lib/random.ts'
import { NetworkBuilder } from './builder.ts'
import { smoothingOf, weightDecayOf } from './decay.ts'
import { expandNormalization } from './expand-normalization.ts'
import { infoOf } from './network.ts'
import type { BuiltNetwork } from './network.ts'
import { groupParameters } from './parameter-groups.ts'
import { lossOf, optimizerOf } from './registries.ts'
import { shiftBeforeNormalization } from './shift-before-normalization.ts'

export interface StepGraph {
  readonly model: Model
  /** State input to the output that becomes its next content. */
  readonly loop: Readonly<Record<string, string>>
  readonly initial: ReadonlyMap<string, Tensor>
  /** Outputs for the host: the mean loss of the batch, the network's answers, and the sum of squares of each parameter's gradient in the order of `parameters`. */
  readonly loss: string
  readonly output: string
  readonly gradientSquares: string
  readonly parameters: readonly string[]
  /** Input of example weights, where the loss takes them so. */
  readonly weighs: 'target' | 'input'
}

export interface StepRequest {
  readonly network: BuiltNetwork
  readonly batch: number
  readonly target: LoweringTarget
  readonly loss: Loss
  readonly optimizer: Optimizer
  /** Decay of the moving average of weights; 0: none. */
  readonly averaging: number
  readonly logPriors?: readonly number[]
}

export const targetInput = 'target'
export const weightsInput = 'example_weights'
export const rateInput = 'rate'
const averageSuffix = '/average'
export const averageOf = (name: string): string => `${name}${averageSuffix}`

export function buildStepGraph({ network, batch, target, loss, optimizer, averaging, logPriors }: StepRequest): StepGraph {
  const names = [...network.parameters.keys()]
  const withLoss = appendLoss(network, batch, loss, logPriors)
  const state = new Map<string, Tensor>([...network.parameters, ...[...network.running].map(([name, { initial }]): [string, Tensor] => [name, initial])])
  // Weights change at every step: they are inputs here, not initialisers.
  const { graph: forward } = withLoss.model
  const opened: Model = {
    ...withLoss.model,
    graph: { ...forward, inputs: [...forward.inputs, ...[...state].map(([name, tensor]) => infoOf(name, tensor.dims))], initializers: new Map([...forward.initializers].filter(([name]) => !state.has(name))) },
  }
  const open = target.provider === 'cpu' ? shiftBeforeNormalization(opened) : opened
  const runningOutputs = [...network.running.values()].map(({ next }) => next)
  const { model, value, gradients } = differentiate(open, inferShapes(open), { of: withLoss.target, wrt: names }, { target, keep: [network.output, ...runningOutputs] })

  const emit = new Emit({ target, opset: 18, prefix: 'update' })
  const loop: Record<string, string> = Object.fromEntries([...network.running].map(([name, { next }]) => [name, next]))
  const initial = new Map(state)
  const stateInfos: ValueInfo[] = []
  const outputs: ValueInfo[] = []
  const keep = (input: string, output: Value, start: Tensor): void => {
    loop[input] = output.name
    initial.set(input, start)
    if (!state.has(input)) stateInfos.push(infoOf(input, start.dims))
    outputs.push(infoOf(output.name, start.dims))
  }

  const gradientOf = (name: string): Value => {
    const gradient = gradients.get(name)
    invariant(gradient, `the parameter '${name}' has no gradient`)
    return { name: gradient, dataType: 'float32', dims: network.parameters.get(name)?.dims ?? [] }
  }
  emit.enter('norm')
  const squares = emit.concat(names.map((name) => emit.reshape(sumOfSquares(emit, gradientOf(name)), [1])), 0)
  const clipping = optimizer.clip > 0 ? clipFactor(emit, squares, optimizer.clip) : undefined

  const scalar = (name: string): Value => ({ name, dataType: 'float32', dims: [] })
  const definition = optimizerOf(optimizer.kind)
  const fedNames = Object.keys(definition.feeds(1))
  const fed = Object.fromEntries(fedNames.map((name) => [name, scalar(name)]))
  for (const group of groupParameters(network, target)) {
    emit.enter(group.names.length === 1 ? (group.names[0] ?? '') : 'vectors')
    const join = (valueOf: (name: string) => Value): Value => emit.concat(group.names.map(valueOf), 0)
    const stateOf = (part: string): Value => join((name) => ({ name: `${name}${part}`, dataType: 'float32', dims: network.parameters.get(name)?.dims ?? [] }))
    const keepEach = (part: string, value: Value, startOf: (tensor: Tensor) => Tensor): void => {
      const parts = emit.split(value, group.lengths, 0)
      group.names.forEach((name, index) => {
        const [moved, tensor] = [parts[index], network.parameters.get(name)]
        invariant(moved && tensor, `${optimizer.kind} does not move '${name}${part}'`)
        keep(`${name}${part}`, moved, startOf(tensor))
      })
    }
    const weight = stateOf('')
    const gradient = join(gradientOf)
    const clipped = clipping ? emit.mul(gradient, clipping) : gradient
    const decay = weightDecayOf(emit, weight, optimizer.weightDecay)
    const smoothing = smoothingOf(emit, weight, group.smoothness)
    const next = definition.update(emit, {
      weight, options: optimizer, fed, rate: emit.mul(scalar(rateInput), group.share),
      gradient: decay && !definition.decoupled ? emit.add(clipped, decay) : clipped,
      decay: definition.decoupled && decay ? (smoothing ? emit.add(decay, smoothing) : decay) : smoothing,
      state: Object.fromEntries(definition.state.map((part) => [part, stateOf(`/${part}`)])),
    })
    keepEach('', next.weight, (tensor) => tensor)
    for (const part of definition.state) {
      const moved = next.state[part]
      invariant(moved, `${optimizer.kind} does not move '${part}'`)
      keepEach(`/${part}`, moved, ({ dims }) => float32Tensor(dims, new Float32Array(elementCount(dims))))
    }
    // w~' = d w~ + (1 - d) w' (Polyak and Juditsky 1992, with exponential forgetting), begun at the first weights.
    if (averaging > 0) keepEach(averageSuffix, emit.add(emit.mul(stateOf(averageSuffix), averaging), emit.mul(next.weight, 1 - averaging)), (tensor) => tensor)
  }

  const { graph } = model
  const shown = new Set([value, network.output, ...runningOutputs])
  const joined = appendEmitted(model, emit, {
    inputs: [...graph.inputs.filter((input) => !state.has(input.name)), ...[...state].map(([name, tensor]) => infoOf(name, tensor.dims)), ...stateInfos, ...[rateInput, ...fedNames].map((name) => infoOf(name, []))],
    outputs: [...graph.outputs.filter((output) => shown.has(output.name)), infoOf(squares.name, [names.length]), ...outputs],
  })
  return { model: shareSubexpressions(expandNormalization(joined, target)), loop, initial, loss: value, output: network.output, gradientSquares: squares.name, parameters: names, weighs: withLoss.weighs }
}

function appendLoss({ model, output, outputDims }: BuiltNetwork, batch: number, loss: Loss, logPriors: readonly number[] | undefined) {
  const definition = lossOf(loss.kind)
  const builder = new NetworkBuilder({ random: createRandom(0), mode: 'training', batch })
  const target = definition.build(builder, { name: output, dims: outputDims }, { options: loss, target: targetInput, weights: weightsInput, logPriors })
  const { graph } = model
  const fed = [
    // The cross-entropy target of `differentiate` declares its own labels.
    ...(target.kind === 'cross-entropy' ? [] : [infoOf(targetInput, [batch, ...outputDims])]),
    ...(definition.weighs === 'input' ? [infoOf(weightsInput, [batch, ...outputDims.map(() => 1)])] : []),
  ]
  return {
    target, weighs: definition.weighs,
    model: { ...model, graph: { ...graph, nodes: [...graph.nodes, ...builder.nodes], inputs: [...graph.inputs, ...fed], initializers: new Map([...graph.initializers, ...builder.constants]) } },
  }
}

function sumOfSquares(emit: Emit, gradient: Value): Value {
  const flat = emit.reshape(gradient, [elementCount(gradient.dims)])
  const [sum] = emit.node('ReduceSumSquare', [flat, emit.integers([0])], { keepdims: { kind: 'int', value: 1 } }, [{ dataType: 'float32', dims: [1] }])
  invariant(sum, 'ReduceSumSquare returned nothing')
  return sum
}

/** min(1, limit / |g|) over all parameters together (Pascanu et al. 2013, arXiv:1211.5063, algorithm 1). */
function clipFactor(emit: Emit, squares: Value, limit: number): Value {
  const norm = emit.sqrt(emit.reduceSum(squares))
  return emit.min(emit.div(emit.scalar(limit), emit.add(norm, 1e-6)), 1)
}
