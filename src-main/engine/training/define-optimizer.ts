/** How gradients move weights: one file in `optimizers/`, as graph nodes over one parameter. */
import type { Optimizer } from '#contract/training.ts'
import type { Emit, Value } from '../autodiff/emit.ts'

export interface UpdateContext {
  readonly weight: Value
  /** Clipped, and with L2 weight decay added where the optimiser does not decouple it. */
  readonly gradient: Value
  /** The optimiser's own state of this parameter, by the names of `state`. */
  readonly state: Readonly<Record<string, Value>>
  readonly options: Optimizer
  /** Scalars fed at every step: the rate, and those of `feeds`. */
  readonly rate: Value
  readonly fed: Readonly<Record<string, Value>>
  /** Decoupled decay, to be subtracted scaled by the rate; absent where there is none. */
  readonly decay: Value | undefined
}

export interface Update { readonly weight: Value; readonly state: Readonly<Record<string, Value>> }

export interface OptimizerDefinition {
  readonly kind: Optimizer['kind']
  /** State tensors of a parameter's shape, zero at first. */
  readonly state: readonly string[]
  /** Weight decay acts on the weight itself and not through the gradient (Loshchilov and Hutter 2019, arXiv:1711.05101). */
  readonly decoupled: boolean
  /** Scalars of step t, counted from 1. */
  readonly feeds: (t: number) => Readonly<Record<string, number>>
  readonly update: (emit: Emit, context: UpdateContext) => Update
}

export const defineOptimizer = (definition: OptimizerDefinition): OptimizerDefinition => definition

/** w - rate (direction + decay) */
export function moved(emit: Emit, weight: Value, direction: Value, rate: Value, decay: Value | undefined): Value {
  return emit.sub(weight, emit.mul(decay ? emit.add(direction, decay) : direction, rate))
}
