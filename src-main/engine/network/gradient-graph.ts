/**
 * One backward graph over a file's model, for any scalar and any values of it: what `phosphene grad` runs and saves. Unlike
 * the passes of a network, constants that are asked for keep their names: they are not folded away.
 */
import { AppError } from '#contract/errors.ts'
import { differentiate } from '../autodiff/differentiate.ts'
import type { Differentiated, DifferentiateRequest } from '../autodiff/differentiate.ts'
import type { LoweringTarget } from '../autodiff/lowering/target.ts'
import { dataInputs, valueNames } from '../onnx/graph.ts'
import type { Model, Tensor, ValueInfo } from '../onnx/model.ts'
import { normalizedModel, specialize } from './compute-model.ts'
import type { Size } from './compute-model.ts'

const floating: ReadonlySet<string> = new Set(['float32', 'float16', 'float64', 'bfloat16'])

/** Names of the floating-point initialisers: the parameters. */
export const parameterNames = (model: Model): string[] => [...model.graph.initializers].filter(([, tensor]) => floating.has(tensor.dataType)).map(([name]) => name)

/** Throws what `differentiate` and `specialize` throw; 'tensor-missing' for a name that the model does not have. */
export function buildGradientGraph(original: Model, size: Size, request: DifferentiateRequest, target: LoweringTarget): Differentiated {
  const normalized = normalizedModel(original)
  const names = valueNames(normalized.graph)
  const missing = request.wrt.find((name) => !names.has(name))
  if (missing !== undefined) throw new AppError('tensor-missing', `The model has no value '${missing}' to differentiate with respect to. Its inputs: ${dataInputs(original.graph).map(({ name }) => `'${name}'`).join(', ')}; \`phosphene inspect\` lists its layers, and 'parameters' means every weight.`)
  const held = new Map(request.wrt.flatMap((name): [string, Tensor][] => { const tensor = normalized.graph.initializers.get(name); return tensor ? [[name, tensor]] : [] }))
  const { model, facts } = specialize(withInputs(normalized, held), size)
  const result = differentiate(model, facts, request, { target })
  return { ...result, model: withConstants(result.model, held) }
}

/** The constants as inputs, so that folding leaves them and what they feed alone. */
function withInputs(model: Model, held: ReadonlyMap<string, Tensor>): Model {
  const { graph } = model
  const infos = [...held].map(([name, { dataType, dims }]): ValueInfo => ({ name, type: { kind: 'tensor', dataType, shape: dims } }))
  return {
    ...model,
    graph: { ...graph, inputs: [...graph.inputs.filter((input) => !held.has(input.name)), ...infos], initializers: new Map([...graph.initializers].filter(([name]) => !held.has(name))) },
  }
}

function withConstants(model: Model, held: ReadonlyMap<string, Tensor>): Model {
  const { graph } = model
  return { ...model, graph: { ...graph, inputs: graph.inputs.filter((input) => !held.has(input.name)), initializers: new Map([...graph.initializers, ...held]) } }
}
