/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1, with its efficient order of section 2):
 *   m' = b1 m + (1 - b1) g,  v' = b2 v + (1 - b2) g²,  w' = w - rate / c1 m' / (sqrt(v') / sqrt(c2) + e),
 * where c1 = 1 - b1^t and c2 = 1 - b2^t; `step_size` = rate / c1 and `root` = 1 / sqrt(c2) are scalars.
 */
import type { Emit } from '../autodiff/emit.ts'
import type { Update, UpdateContext } from './define-optimizer.ts'

const beta1 = 0.9
const beta2 = 0.999
const epsilon = 1e-8

export const adamState = ['first_moment', 'second_moment'] as const

export const adamFeeds = (t: number): Readonly<Record<string, number>> => ({ first_correction: 1 / (1 - beta1 ** t), second_correction: 1 / Math.sqrt(1 - beta2 ** t) })

export function adamUpdate(emit: Emit, { weight, gradient, state, rate, fed, decay }: UpdateContext): Update {
  const [first, second, correction, root] = [state['first_moment'], state['second_moment'], fed['first_correction'], fed['second_correction']]
  if (!first || !second || !correction || !root) throw new RangeError('Adam needs two moments and two corrections.')
  const nextFirst = emit.add(emit.mul(first, beta1), emit.mul(gradient, 1 - beta1))
  const nextSecond = emit.add(emit.mul(second, beta2), emit.mul(emit.mul(gradient, gradient), 1 - beta2))
  const spread = emit.add(emit.mul(emit.sqrt(nextSecond), root), epsilon)
  const step = emit.mul(emit.div(nextFirst, spread), emit.mul(rate, correction))
  const lower = emit.sub(weight, step)
  return { weight: decay ? emit.sub(lower, emit.mul(decay, rate)) : lower, state: { first_moment: nextFirst, second_moment: nextSecond } }
}
