/** What an attack wants of the answer. */
import type { Score } from './score.ts'

export type Goal =
  /** Any answer but this class (untargeted). */
  | { readonly kind: 'leave'; readonly index: number }
  /** This class and no other (targeted). */
  | { readonly kind: 'reach'; readonly index: number }

/** The class with the largest value; the first of equals. */
export function bestOf(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if ((values[index] ?? 0) > (values[best] ?? 0)) best = index
  return best
}

/** The class with the largest value but `index`. */
export function rivalOf(values: ArrayLike<number>, index: number): number {
  let best = index === 0 ? 1 : 0
  for (let each = 0; each < values.length; each++) if (each !== index && (values[each] ?? 0) > (values[best] ?? 0)) best = each
  return best
}

export const isReached = (goal: Goal, values: ArrayLike<number>): boolean => (bestOf(values) === goal.index) === (goal.kind === 'reach')

/** z of the class less the largest other: positive where the class is the answer. */
export const marginOf = (values: ArrayLike<number>, index: number): number => (values[index] ?? 0) - (values[rivalOf(values, index)] ?? 0)

/** How far the goal is surpassed, in logits; negative where it is not reached. */
export const surplusOf = (goal: Goal, values: ArrayLike<number>): number => (goal.kind === 'reach' ? 1 : -1) * marginOf(values, goal.index)

/**
 * What is to grow: the log-odds of the class against all others, z_k - log sum over j != k of e^(z_j). Its gradient is that of the
 * cross-entropy -log p_k times -1 / (1 - p_k): methods that follow its direction (all that use its sign, or divide by its norm) take the same
 * steps, and where p_k is 1 in single precision, so that the cross-entropy's gradient is lost, this one is not.
 */
export const logOdds = (goal: Goal): Score => ({ kind: 'log-odds', index: goal.index, sign: goal.kind === 'reach' ? 1 : -1 })
