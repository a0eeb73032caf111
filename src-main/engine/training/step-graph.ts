/**
 * Forward, loss, backward and update as one graph: state in (weights and moments), state out, fed with a batch. Made with the
 * project's own differentiation, so it runs wherever a backward graph runs.
 */
import { invariant } from '#contract/errors.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import { Emit } from '../autodiff/emit.ts'
import type { Value } from '../autodiff/emit.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import type { Model, Tensor } from '../onnx/model.ts'
import { inferShapes } from '../onnx/shapes/infer-shapes.ts'
import { elementCount, float32Tensor } from '../onnx/tensor-data.ts'
import { adamUpdate } from './adam.ts'
import { decayOf } from './decay.ts'
import { infoOf } from './network.ts'
import type { BuiltNetwork } from './network.ts'

export interface StepGraph {
  readonly model: Model
  /** State input to the output that becomes its next content. */
  readonly loop: Readonly<Record<string, string>>
  readonly initial: ReadonlyMap<string, Tensor>
  /** Outputs for the host: the mean loss of the batch, and its logits. */
  readonly loss: string
  readonly logits: string
}

export const labelsInput = 'labels'
export const rateInputs = { rate: 'rate', firstCorrection: 'first_correction', secondCorrection: 'second_correction' } as const

const momentNames = (name: string): { first: string; second: string } => ({ first: `${name}/first_moment`, second: `${name}/second_moment` })

export function buildStepGraph({ model: network, logits, parameters, smoothness }: BuiltNetwork, options: { readonly target: LoweringTarget; readonly weightDecay: number }): StepGraph {
  const names = [...parameters.keys()]
  // Weights change at every step: they are inputs here, not initialisers.
  const open: Model = { ...network, graph: { ...network.graph, inputs: [...network.graph.inputs, ...names.map((name) => infoOf(name, parameters.get(name)?.dims ?? []))], initializers: new Map() } }
  const { model, value, gradients } = differentiate(open, inferShapes(open), { of: { kind: 'cross-entropy', tensor: logits, labels: { input: labelsInput }, reduction: 'mean' }, wrt: names }, { target: options.target, keep: [logits] })

  const emit = new Emit({ target: options.target, opset: 18, prefix: 'adam' })
  const scalar = (name: string): Value => ({ name, dataType: 'float32', dims: [] })
  const rates = { rate: scalar(rateInputs.rate), firstCorrection: scalar(rateInputs.firstCorrection), secondCorrection: scalar(rateInputs.secondCorrection) }
  const loop: Record<string, string> = {}
  const initial = new Map<string, Tensor>()
  const stateInfos = []
  const outputs = []
  for (const [name, tensor] of parameters) {
    const gradient = gradients.get(name)
    invariant(gradient, `the parameter '${name}' has no gradient`)
    const { first, second } = momentNames(name)
    const valueOf = (of: string): Value => ({ name: of, dataType: 'float32', dims: tensor.dims })
    emit.enter(name)
    const next = adamUpdate(emit, { weight: valueOf(name), first: valueOf(first), second: valueOf(second) }, valueOf(gradient), rates, decayOf(emit, valueOf(name), options.weightDecay, smoothness.get(name) ?? 0))
    const zeros = float32Tensor(tensor.dims, new Float32Array(elementCount(tensor.dims)))
    for (const [input, output, start] of [[name, next.weight, tensor], [first, next.first, zeros], [second, next.second, zeros]] as const) {
      loop[input] = output.name
      initial.set(input, start)
      if (input !== name) stateInfos.push(infoOf(input, tensor.dims))
      outputs.push(infoOf(output.name, tensor.dims))
    }
  }
  const { graph } = model
  return {
    model: {
      ...model,
      graph: {
        ...graph,
        nodes: [...graph.nodes, ...emit.nodes],
        initializers: new Map([...graph.initializers, ...emit.initializers]),
        inputs: [...graph.inputs, ...stateInfos, ...Object.values(rateInputs).map((name) => infoOf(name, []))],
        outputs: [...graph.outputs.filter((output) => output.name === value || output.name === logits), ...outputs],
      },
    },
    loop, initial, loss: value, logits,
  }
}
