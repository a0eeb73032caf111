/** What a picture is made to excite (Olah et al. 2017, "Feature Visualization"): one file each. */
import type { Emit, Value } from '../autodiff/emit.ts'

export interface ObjectiveTarget {
  /** The layer's value, [N, C, H, W], [N, H, W, C] with `channelsLast`, [N, tokens, units] or [N, units]. */
  readonly value: Value
  readonly channelsLast: boolean
  readonly unit: number
  /** Row and column of one neuron; the middle where absent. */
  readonly position?: readonly [number, number] | undefined
}

export interface Objective {
  readonly id: string
  readonly title: string
  /** Whether it is about one unit of the layer. */
  readonly takesUnit: boolean
  /** A scalar to be made as large as possible, summed over the batch. */
  readonly build: (emit: Emit, target: ObjectiveTarget) => Value
}

export const defineObjective = (objective: Objective): Objective => objective

/** Axis of the units. */
export const unitAxis = ({ value, channelsLast }: ObjectiveTarget): number => (channelsLast || value.dims.length === 3 ? value.dims.length - 1 : 1)

/** One unit's values, its axis kept. */
export function unitOf(emit: Emit, target: ObjectiveTarget): Value {
  return emit.slice(target.value, [target.unit], [target.unit + 1], [unitAxis(target)])
}

/** The mean over everything but the batch, summed over it. */
export const meanOverPositions = (emit: Emit, value: Value): Value => emit.mul(emit.reduceSum(value), 1 / Math.max(1, value.dims.slice(1).reduce((product, dim) => product * dim, 1)))
