/** Terms of an objective as a person names them, as values of the graph. */
import { AppError } from '#contract/errors.ts'
import type { ObjectiveTerm } from '#contract/features.ts'
import type { Layer } from '#contract/graph.ts'
import type { DisplaySpace } from '../network/display-space.ts'
import { findLayer, layerNamed } from '../network/find-layer.ts'
import { logitsOf } from '../network/logits.ts'
import type { Network } from '../network/network.ts'
import { staticDims } from '../onnx/shapes/dims.ts'
import { unitAxis } from './define-objective.ts'
import type { Objective } from './define-objective.ts'
import { beforeActivation, solelyBehind, unitBeforeActivation } from './before-activation.ts'
import { find, objectives } from './registries.ts'

export interface ResolvedTerm {
  readonly objective: Objective
  readonly term: ObjectiveTerm
  /** Name of the layer's value; absent for terms about the picture. */
  readonly tensor?: string
  readonly channelsLast: boolean
  readonly units: number
  /** One end of a span: the first picture's, fading out over the batch, or the last one's, fading in. */
  readonly end?: 'first' | 'last'
}

type Place = { readonly network: Network; readonly display: DisplaySpace }

/** Throws 'option-invalid', 'layer-invalid', 'target-invalid', 'gradient-refused'. */
export function resolveTerm({ network, display }: Place, term: ObjectiveTerm, batch: number): ResolvedTerm {
  const objective = find(objectives, term.id, 'objective')
  if (objective.needsBatch && batch < 2) throw new AppError('option-invalid', `'${objective.title}' compares pictures with each other: make at least 2 at once, not ${batch}.`)
  if (objective.takesPicture && !term.picture) throw new AppError('option-invalid', `'${objective.title}' needs a picture.`)
  if (objective.about === 'picture') return { objective, term, channelsLast: false, units: 0 }
  if (objective.about === 'class') return resolveClass(network, display, objective, term)
  if (term.layer === undefined) throw new AppError('option-invalid', `'${objective.title}' needs a layer.`)
  const layer = layerOf(network, term.layer)
  if (layer.gradientRefused !== undefined) throw new AppError('gradient-refused', `'${layer.title}' cannot be differentiated: ${layer.gradientRefused}`)
  const channelsLast = layer.view.type === 'maps' && layer.view.channelsLast === true
  const units = unitsOfValue(network, layer.outputTensor, channelsLast)
  const within = (unit: number | undefined, noun: string): void => {
    if (unit === undefined) throw new AppError('option-invalid', `'${objective.title}' needs ${noun} of '${layer.title}', 0 to ${units - 1}.`)
    if (unit >= units) throw new AppError('target-invalid', `There is no unit ${unit} of '${layer.title}': it has ${units} units, 0 to ${units - 1}.`)
  }
  if (objective.selects === 'unit' || objective.selects === 'span') within(term.unit, 'a unit')
  if (objective.selects === 'span') within(term.towards, 'a second unit')
  if (objective.selects === 'direction' && term.direction?.length !== units) throw new AppError('target-invalid', `A direction in '${layer.title}' has ${units} numbers, one a unit; got ${term.direction?.length ?? 'none'}.`)
  checkPosition(network, layer.outputTensor, channelsLast, layer, term)
  if (objective.at !== 'before') return { objective, term, tensor: layer.outputTensor, channelsLast, units }
  if (objective.selects !== 'unit') return { objective, term, tensor: beforeActivation(network, layer.outputTensor), channelsLast, units }
  const awake = unitBeforeActivation(network, layer.outputTensor, term.unit ?? 0, channelsLast)
  return { objective, term: { ...term, unit: awake.unit }, tensor: awake.tensor, channelsLast, units: unitsOfValue(network, awake.tensor, channelsLast) }
}

/** As `resolveTerm`; the units of a span each where they can be woken, which behind joined branches is not the same place. */
export function resolveEnds(place: Place, term: ObjectiveTerm, batch: number): ResolvedTerm[] {
  const resolved = resolveTerm(place, term, batch)
  const { network } = place
  const { objective, channelsLast } = resolved
  if (objective.selects !== 'span' || objective.at !== 'before' || term.layer === undefined) return [resolved]
  const { outputTensor } = layerOf(network, term.layer)
  const ends = ([['first', term.unit ?? 0], ['last', term.towards ?? 0]] as const).map(([end, unit]): ResolvedTerm => {
    const awake = unitBeforeActivation(network, outputTensor, unit, channelsLast)
    return { objective, term: { ...term, unit: awake.unit }, tensor: awake.tensor, channelsLast, units: unitsOfValue(network, awake.tensor, channelsLast), end }
  })
  return ends.every(({ tensor }) => tensor === resolved.tensor) ? [resolved] : ends
}

/** Of what is asked for, so that it decides nothing once the unit is awake. */
const wakingWeight = 1e-3

/** Excite a little what a term's units hide behind, lest they sleep for good; none where they cannot. */
export function wakingTerms(network: Network, { objective, term, tensor, channelsLast }: ResolvedTerm): ResolvedTerm[] {
  if (objective.about !== 'layer' || tensor === undefined) return []
  const { position: _, direction: __, towards: ___, ...rest } = term
  const wake = (source: { readonly tensor: string; readonly unit: number }, weight: number): ResolvedTerm =>
    ({ objective: find(objectives, 'channel', 'objective'), term: { ...rest, id: 'channel', unit: source.unit, weight: wakingWeight * weight }, tensor: source.tensor, channelsLast, units: unitsOfValue(network, source.tensor, channelsLast) })
  if (objective.selects === 'unit' && !channelsLast) {
    const source = solelyBehind(network, tensor, term.unit ?? 0)
    return source ? [wake(source, Math.abs(term.weight))] : []
  }
  if (objective.selects !== 'direction' || objective.at !== 'before') return []
  // A direction reads its layer as a whole, behind the activations of the branches that are joined there.
  return strongestOf(term.direction ?? []).flatMap(({ unit, share }) => {
    const source = unitBeforeActivation(network, tensor, unit, channelsLast)
    return source.tensor === tensor ? [] : [wake(source, term.weight * share)]
  })
}

/** Each is a term of its own: the units that make most of a direction are enough to begin with. */
const mostWoken = 4
const strongestOf = (direction: readonly number[]): { readonly unit: number; readonly share: number }[] => {
  const length = Math.hypot(...direction) || 1
  return direction.map((value, unit) => ({ unit, share: value / length })).filter(({ share }) => share !== 0).sort((left, right) => Math.abs(right.share) - Math.abs(left.share)).slice(0, mostWoken)
}

function resolveClass(network: Network, { preprocessing }: DisplaySpace, objective: Objective, term: ObjectiveTerm): ResolvedTerm {
  const output = preprocessing.outputTensor ?? network.outputs[0] ?? ''
  if (preprocessing.output === 'none') throw new AppError('target-invalid', 'The model does not classify: name a layer and a unit instead of a class.')
  const tensor = logitsOf(network.compute.graph, output)
  const dims = dimsOf(network, tensor)
  const units = dims.slice(1).reduce((product, dim) => product * dim, 1)
  if (term.class === undefined) throw new AppError('option-invalid', `'${objective.title}' needs a class, 0 to ${units - 1}.`)
  if (term.class >= units) throw new AppError('target-invalid', `There is no class ${term.class}: the model tells ${units} classes apart, 0 to ${units - 1}.`)
  return { objective, term, tensor, channelsLast: false, units }
}

/** What the term's selector is fed: [batch, units]. */
export function selectorOf({ objective, term, units, end }: ResolvedTerm, batch: number): Float32Array | undefined {
  if (objective.about === 'picture' || (objective.about === 'layer' && objective.selects === undefined)) return undefined
  const data = new Float32Array(batch * units)
  for (let sample = 0; sample < batch; sample++) {
    const row = data.subarray(sample * units, (sample + 1) * units)
    if (objective.selects === 'direction') row.set(term.direction ?? [])
    else if (objective.selects === 'span') {
      const share = batch === 1 ? 0 : sample / (batch - 1)
      if (end === undefined) row[term.towards ?? 0]! += share
      row[term.unit ?? 0]! += end === 'last' ? share : 1 - share
    } else row[(objective.about === 'class' ? term.class : term.unit) ?? 0] = 1
  }
  return data
}

/** Number of units of a layer. Throws 'layer-invalid'. */
export function unitCount(network: Network, name: string): { readonly layer: Layer; readonly units: number } {
  const layer = layerOf(network, name)
  const { view } = layer
  const units = view.type === 'maps' ? view.channels : view.type === 'none' ? 0 : view.units
  if (units === 0) throw new AppError('layer-invalid', `'${layer.title}' has no units.`)
  return { layer, units }
}

/** By id or title, else by the name of its value. */
export const layerOf = (network: Network, name: string): Layer =>
  layerNamed(network, name) ?? network.structure.layers.find(({ outputTensor }) => outputTensor === name) ?? findLayer(network, name)

function dimsOf(network: Network, tensor: string): readonly number[] {
  const shape = network.facts.get(tensor)?.shape
  const dims = shape && staticDims(shape)
  if (!dims || dims.length < 2) throw new AppError('layer-invalid', `'${tensor}' is no layer of units: its shape is [${shape?.join(', ') ?? 'unknown'}].`)
  return dims
}

function unitsOfValue(network: Network, tensor: string, channelsLast: boolean): number {
  const dims = dimsOf(network, tensor)
  return dims[unitAxis({ value: { name: tensor, dataType: 'float32', dims }, channelsLast })] ?? 0
}

function checkPosition(network: Network, tensor: string, channelsLast: boolean, layer: Layer, { position }: ObjectiveTerm): void {
  const dims = dimsOf(network, tensor)
  if (!position || dims.length !== 4) return
  const [height = 1, width = 1] = channelsLast ? dims.slice(1, 3) : dims.slice(2)
  if (position[0] >= height || position[1] >= width) throw new AppError('target-invalid', `There is no place ${position.join(', ')} in '${layer.title}': its maps are ${height} rows by ${width} columns.`)
}
