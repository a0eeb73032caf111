/** A unit as a person names it, as a value of the graph. */
import { AppError } from '#contract/errors.ts'
import type { Layer } from '#contract/graph.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { findLayer, layerNamed } from '../network/find-layer.ts'
import { logitsOf } from '../network/logits.ts'
import type { Network } from '../network/network.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { unitAxis } from './define-objective.ts'
import type { ObjectiveTarget } from './define-objective.ts'

export type UnitRequest =
  | { readonly kind: 'layer'; /** Id or title. */ readonly layer: string; readonly unit: number; readonly position?: readonly [number, number] | undefined }
  | { readonly kind: 'class'; readonly index: number }

export interface ResolvedUnit { readonly tensor: string; readonly target: Omit<ObjectiveTarget, 'value'> }

/**
 * A layer is taken before its activation: where a unit is silent its gradient behind a ReLU is zero, and nothing would ever wake it. A class is
 * taken before the Softmax, whose probability grows as well by pushing others down (Simonyan et al. 2013, arXiv:1312.6034, section 2).
 */
export function resolveUnit(network: Network, { preprocessing }: DisplaySpace, request: UnitRequest, takesUnit: boolean): ResolvedUnit {
  if (request.kind === 'class') {
    const output = preprocessing.outputTensor ?? network.outputs[0] ?? ''
    if (preprocessing.output === 'none') throw new AppError('target-invalid', 'The model does not classify: name a layer and a unit instead of a class.')
    const tensor = logitsOf(network.compute.graph, output)
    return { tensor, target: checked(network, tensor, { channelsLast: false, unit: request.index }, `class ${request.index}`, takesUnit) }
  }
  const layer = layerOf(network, request.layer)
  const tensor = layer.preActivationTensor !== undefined && network.facts.has(layer.preActivationTensor) ? layer.preActivationTensor : layer.outputTensor
  const channelsLast = layer.view.type === 'maps' && layer.view.channelsLast === true
  return { tensor, target: checked(network, tensor, { channelsLast, unit: request.unit, position: request.position }, `unit ${request.unit} of '${layer.title}'`, takesUnit) }
}

/** Every unit of a layer. */
export function unitsOf(network: Network, id: string): readonly UnitRequest[] {
  const { view, title } = layerOf(network, id)
  const count = view.type === 'maps' ? view.channels : view.type === 'none' ? 0 : view.units
  if (count === 0) throw new AppError('layer-invalid', `'${title}' has no units.`)
  return Array.from({ length: count }, (_, unit) => ({ kind: 'layer', layer: id, unit }))
}

function checked(network: Network, tensor: string, target: Omit<ObjectiveTarget, 'value'>, noun: string, takesUnit: boolean): Omit<ObjectiveTarget, 'value'> {
  const shape = network.facts.get(tensor)?.shape
  const dims = shape && staticDims(shape)
  if (!dims || dims.length < 2) throw new AppError('layer-invalid', `'${tensor}' is no layer of units: its shape is [${shape?.join(', ') ?? 'unknown'}].`)
  const units = dims[unitAxis({ ...target, value: { name: tensor, dataType: 'float32', dims } })] ?? 0
  if (takesUnit && target.unit >= units) throw new AppError('target-invalid', `There is no ${noun}: it has ${units} units, 0 to ${units - 1}.`)
  return target
}

/** By id or title, else by the name of its value. */
const layerOf = (network: Network, name: string): Layer =>
  layerNamed(network, name) ?? network.structure.layers.find(({ outputTensor }) => outputTensor === name) ?? findLayer(network, name)
