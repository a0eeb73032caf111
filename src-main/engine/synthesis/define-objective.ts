/** What a picture is made to excite (Olah et al. 2017, "Feature Visualization", doi:10.23915/distill.00007): one file each. */
import type { ObjectiveTerm } from '#contract/features.ts'
import type { Emit, Value } from '../autodiff/emit.ts'

export interface LayerValue {
  /** [N, C, H, W], [N, H, W, C] with `channelsLast`, [N, tokens, units] or [N, units]. */
  readonly value: Value
  readonly channelsLast: boolean
}

export interface TermContext {
  readonly emit: Emit
  /** Of the term's layer, as the network computes it from what it sees. Throws a bug where the objective is about the picture. */
  readonly layer: () => LayerValue
  /** [N, units], fed: what of each unit is wanted of each picture; a single one is 1 at its place. */
  readonly selector: () => Value
  /** The layer's value for the term's picture, [1, ...], fed. */
  readonly reference: () => Value
  /** In display space, [N, C, H, W]: the picture itself, not what is seen of it. */
  readonly picture: Value
  /** The value of an empty picture. */
  readonly ground: number
  readonly position: readonly [number, number] | undefined
  readonly power: number | undefined
}

export interface Objective {
  readonly id: string
  readonly title: string
  readonly summary: string
  /** 'class': the logits of the class output. */
  readonly about: 'layer' | 'class' | 'picture'
  /** Of a layer with an activation. Before it, silent units have a gradient too: behind a ReLU nothing would ever wake them. */
  readonly at?: 'before' | 'behind'
  /** What of the term fills the selector: its unit, unit and `towards` over the batch, its direction. */
  readonly selects?: 'unit' | 'span' | 'direction'
  readonly takesPicture?: boolean
  /** Whether pictures of a batch are compared with each other: one alone has nothing to be compared with. */
  readonly needsBatch?: boolean
  /** Whether it holds pictures back instead of saying what they should excite: relative weights count in sizes of the rest. */
  readonly restrains?: boolean
  /** What suits it where nothing else is said, in place of what suits the model. */
  readonly usual?: { readonly transforms: Readonly<Record<string, number>>; readonly penalties: readonly ObjectiveTerm[] }
  /** A scalar to be made as large as possible, summed over the batch. */
  readonly build: (context: TermContext) => Value
}

export const defineObjective = (objective: Objective): Objective => objective

/** Axis of the units. */
export const unitAxis = ({ value, channelsLast }: LayerValue): number => (channelsLast || value.dims.length === 3 ? value.dims.length - 1 : 1)

/** Axes of positions: rows and columns, or tokens. */
export const spatialAxes = (layer: LayerValue): number[] => layer.value.dims.map((_, axis) => axis).filter((axis) => axis > 0 && axis !== unitAxis(layer))

/** One number a unit and picture, [N, units], laid out to be multiplied with the layer. */
export function alongUnits(emit: Emit, layer: LayerValue, perUnit: Value): Value {
  const axis = unitAxis(layer)
  return emit.reshape(perUnit, layer.value.dims.map((_, at) => (at === 0 ? (perUnit.dims[0] ?? 1) : at === axis ? (perUnit.dims[1] ?? 1) : 1)))
}

/** Number of positions of one picture. */
export const positionsOf = (layer: LayerValue): number => spatialAxes(layer).reduce((product, axis) => product * (layer.value.dims[axis] ?? 1), 1)

/** The mean over everything but the batch, summed over it. */
export const meanOfEach = (emit: Emit, value: Value): Value => emit.mul(emit.reduceSum(value), 1 / Math.max(1, value.dims.slice(1).reduce((product, dim) => product * dim, 1)))

/** [N, units, positions]. */
export function flattened(emit: Emit, layer: LayerValue): Value {
  const { dims } = layer.value
  const axis = unitAxis(layer)
  const first = axis === 1 ? layer.value : emit.transpose(layer.value, [0, axis, ...spatialAxes(layer)])
  return emit.reshape(first, [dims[0] ?? 1, dims[axis] ?? 1, positionsOf(layer)])
}
