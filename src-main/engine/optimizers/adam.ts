/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1), for weights that descend and pictures that ascend alike:
 *   m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g²,  step = rate (m' / c1) / (sqrt(v' / c2) + e),  c1 = 1 - b1^t, c2 = 1 - b2^t.
 * Kept are m / (1 - b1) and v / (1 - b2), which takes two passes over memory less; their factors meet in two scalars that are fed:
 *   step = rate s m~ / (sqrt(v~) + r),  s = (1 - b1) / c1 sqrt(c2 / (1 - b2)),  r = e sqrt(c2 / (1 - b2)).
 */
import { invariant } from '#contract/errors.ts'
import type { Emit, Value } from '../autodiff/emit.ts'

export const beta1 = 0.9
export const beta2 = 0.999
export const epsilon = 1e-8

/** The scalars of step t, counted from 1. */
export function adamFeeds(t: number): { readonly step_scale: number; readonly softening: number } {
  const root = Math.sqrt((1 - beta2 ** t) / (1 - beta2))
  return { step_scale: ((1 - beta1) / (1 - beta1 ** t)) * root, softening: epsilon * root }
}

export interface AdamState {
  readonly first: Value | undefined
  readonly second: Value | undefined
  readonly rate: Value
  /** As `adamFeeds` names them. */
  readonly fed: Readonly<Record<string, Value>>
}

/** How far to go along the gradient, and the moments after it. */
export function adamStep(emit: Emit, gradient: Value, { first, second, rate, fed: { step_scale: scale, softening } }: AdamState): { readonly step: Value; readonly first: Value; readonly second: Value } {
  invariant(first && second && scale && softening, 'Adam needs two moments and two scalars')
  const nextFirst = emit.add(emit.mul(first, beta1), gradient)
  const nextSecond = emit.add(emit.mul(second, beta2), emit.mul(gradient, gradient))
  const direction = emit.div(nextFirst, emit.add(emit.sqrt(nextSecond), softening))
  return { step: emit.mul(direction, emit.mul(rate, scale)), first: nextFirst, second: nextSecond }
}
