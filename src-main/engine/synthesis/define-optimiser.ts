/** How a step is made of a gradient: one file each. Ascent: the objective grows. */
import type { Emit, Value } from '../autodiff/emit.ts'

export interface OptimiserStep {
  readonly parameter: Value
  readonly gradient: Value
  readonly rate: Value
  /** Scalars of this step, by the names in `feeds`. */
  readonly feeds: Readonly<Record<string, Value>>
  /** Zeros at the beginning, by the names in `memory`. */
  readonly memory: Readonly<Record<string, Value>>
}

export interface Optimiser {
  readonly id: string
  readonly title: string
  /** A good rate for a picture in display space. */
  readonly rate: number
  /** Kept from step to step: of the parameter's shape ('like'), or one number. */
  readonly memory: Readonly<Record<string, 'like' | 'scalar'>>
  /** Fed at step t, counted from 1. */
  readonly feeds: (t: number) => Readonly<Record<string, number>>
  readonly build: (emit: Emit, step: OptimiserStep) => { readonly parameter: Value; readonly memory: Readonly<Record<string, Value>> }
}

export const defineOptimiser = (optimiser: Optimiser): Optimiser => optimiser
