/** Adam over one parameter or several that were joined (../optimizers/adam.ts). */
import type { Emit } from '../autodiff/emit.ts'
import { adamStep } from '../optimizers/adam.ts'
import type { Update, UpdateContext } from './define-optimizer.ts'

export const adamState = ['first_moment', 'second_moment'] as const

export function adamUpdate(emit: Emit, { weight, gradient, state, rate, fed, decay }: UpdateContext): Update {
  const { step, first, second } = adamStep(emit, gradient, { first: state['first_moment'], second: state['second_moment'], rate, fed })
  const lower = emit.sub(weight, step)
  return { weight: decay ? emit.sub(lower, emit.mul(decay, rate)) : lower, state: { first_moment: first, second_moment: second } }
}
