/** A layer, or some of its channels, as a dream's target: its value in the graph, and what is made to grow. */
import type { DreamTarget } from '#contract/dream.ts'
import { AppError } from '#contract/errors.ts'
import type { Layer } from '#contract/graph.ts'
import type { Emit, Value } from '../../autodiff/emit.ts'
import { findLayer, layerNamed } from '../../network/find-layer.ts'
import type { Network } from '../../network/network.ts'
import { staticDims } from '../../onnx/shapes/dims.ts'
import { elementCount } from '../../onnx/tensor-data.ts'

export interface ResolvedTarget {
  readonly title: string
  /** Value of the network that is made to grow. */
  readonly tensor: string
  /** Axis of the channels. */
  readonly axis: number
  readonly channels: number
  /** 'energy': all channels by their squares; 'channels': a weighted sum of them; 'guide': what the guide picture has there. */
  readonly objective: 'energy' | 'channels' | 'guide'
  /** Whether its channels have weights. */
  readonly weighted: boolean
  /** Whether those are found by what the picture makes of the channels. */
  readonly measured: boolean
}

/**
 * A whole layer is taken behind its activation (google/deepdream's blobs), channels before it: where a channel is silent its gradient behind
 * a ReLU is zero, and nothing would ever wake it. Throws 'layer-invalid', 'target-invalid'.
 */
export function resolveTarget(network: Network, { layer: name, channels: chosen }: DreamTarget, { guided, balanced }: { readonly guided: boolean; readonly balanced: boolean }): ResolvedTarget {
  const layer = targetLayer(network, name)
  const before = layer.preActivationTensor
  const tensor = chosen && !guided && before !== undefined && network.facts.has(before) ? before : layer.outputTensor
  const dims = staticDims(network.facts.get(tensor)?.shape)
  if (layer.kind === 'input') throw new AppError('layer-invalid', `'${layer.title}' is the picture itself: choose a layer behind it.`)
  if (!dims || dims.length < 2) throw new AppError('layer-invalid', `'${layer.title}' is no layer of units: its shape is [${dims?.join(', ') ?? 'unknown'}]. Choose a layer with feature maps.`)
  const axis = axisOf(layer, dims.length)
  const count = dims[axis] ?? 0
  checkChannels(layer.title, chosen, count)
  const objective = guided ? 'guide' : chosen ? 'channels' : 'energy'
  const measured = !guided && (chosen ? chosen.kind !== 'some' : balanced)
  return { title: layer.title, tensor, axis, channels: count, objective, weighted: objective === 'channels' || measured, measured }
}

/** By id, title or the name of its value. Throws 'layer-invalid'. */
export const targetLayer = (network: Network, name: string): Layer => layerNamed(network, name) ?? network.structure.layers.find(({ outputTensor }) => outputTensor === name) ?? findLayer(network, name)

const axisOf = ({ view }: Layer, rank: number): number => ((view.type === 'maps' && view.channelsLast === true) || view.type === 'tokens' ? rank - 1 : 1)

function checkChannels(title: string, chosen: DreamTarget['channels'], count: number): void {
  if (!chosen) return
  if (chosen.kind !== 'some') {
    if (chosen.count > count) throw new AppError('target-invalid', `'${title}' has ${count} channels; the ${chosen.kind} ${chosen.count} of them cannot be chosen.`)
    return
  }
  const outside = chosen.of.find(({ channel }) => channel >= count)
  if (outside) throw new AppError('target-invalid', `'${title}' has no channel ${outside.channel}: it has ${count}, 0 to ${count - 1}.`)
}

/** Inputs of the graph that a target is steered with. */
export const weightInput = (index: number): string => `target${index}/weight`
export const channelsInput = (index: number): string => `target${index}/channels`
export const guideInput = (index: number): string => `target${index}/guide`

export interface BuiltObjective {
  /** What grows, summed over the tile; not weighted. */
  readonly value: Value
  readonly inputs: readonly Value[]
}

/** `columns`: of the guide, its positions. */
export function buildObjective(emit: Emit, { axis, channels, objective, weighted }: ResolvedTarget, value: Value, index: number, columns: number): BuiltObjective {
  const input = (name: string, dims: readonly number[]): Value => ({ name, dataType: 'float32', dims })
  const weights = weighted ? [input(channelsInput(index), value.dims.map((dim, at) => (at === axis ? dim : 1)))] : []
  const sum = (terms: Value): Value => emit.reduceSum(weights.reduce((product, factor) => emit.mul(product, factor), terms))
  switch (objective) {
    // google/deepdream's objective_L2, whose derivative is the value itself.
    case 'energy': return { value: emit.mul(sum(emit.mul(value, value)), 0.5), inputs: weights }
    case 'channels': return { value: sum(value), inputs: weights }
    // google/deepdream's objective_guide: the derivative at a position is that of the guide's columns with the largest product, sum over p of max over q of x_p . y_q.
    case 'guide': {
      const guide = input(guideInput(index), [channels, columns])
      return { value: emit.reduceSum(emit.reduceMax(emit.matMul(positionsOf(emit, value, axis, channels), guide), [1])), inputs: [guide] }
    }
  }
}

/** [positions, channels] */
function positionsOf(emit: Emit, value: Value, axis: number, channels: number): Value {
  const rest = value.dims.map((_, at) => at).filter((at) => at !== axis)
  return emit.reshape(emit.transpose(value, [...rest, axis]), [elementCount(value.dims) / channels, channels])
}
