/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1):
 *   m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g²,  w' = w - rate (m' / c1) / (sqrt(v' / c2) + e),  c1 = 1 - b1^t, c2 = 1 - b2^t.
 * Kept are m / (1 - b1) and v / (1 - b2), which takes two passes over the weights less; their factors meet in two scalars that are fed:
 *   w' = w - rate s m~ / (sqrt(v~) + r),  s = (1 - b1) / c1 sqrt(c2 / (1 - b2)),  r = e sqrt(c2 / (1 - b2)).
 */
import type { Emit } from '../autodiff/emit.ts'
import type { Update, UpdateContext } from './define-optimizer.ts'

const beta1 = 0.9
const beta2 = 0.999
const epsilon = 1e-8

export const adamState = ['first_moment', 'second_moment'] as const

export function adamFeeds(t: number): Readonly<Record<string, number>> {
  const root = Math.sqrt((1 - beta2 ** t) / (1 - beta2))
  return { step_scale: ((1 - beta1) / (1 - beta1 ** t)) * root, softening: epsilon * root }
}

export function adamUpdate(emit: Emit, { weight, gradient, state, rate, fed, decay }: UpdateContext): Update {
  const [first, second, scale, softening] = [state['first_moment'], state['second_moment'], fed['step_scale'], fed['softening']]
  if (!first || !second || !scale || !softening) throw new RangeError('Adam needs two moments and two scalars.')
  const nextFirst = emit.add(emit.mul(first, beta1), gradient)
  const nextSecond = emit.add(emit.mul(second, beta2), emit.mul(gradient, gradient))
  const direction = emit.div(nextFirst, emit.add(emit.sqrt(nextSecond), softening))
  const lower = emit.sub(weight, emit.mul(direction, emit.mul(rate, scale)))
  return { weight: decay ? emit.sub(lower, emit.mul(decay, rate)) : lower, state: { first_moment: nextFirst, second_moment: nextSecond } }
}
