import { invariant } from '#contract/errors.ts'
import { project } from '../ball.ts'
import type { Ball } from '../ball.ts'
import { climb } from '../climb.ts'
import { budgetOption, defineMethod, stepsOption } from '../define-method.ts'
import type { AttackContext } from '../define-method.ts'
import { surplusOf } from '../goal.ts'

const normOption = (options: AttackContext['options']): 'linf' | 'l2' => (options.choice('norm') === 'l2' ? 'l2' : 'linf')

/** Sign or gradient steps from a random point of the ball, projected back on it (Madry et al. 2017, arXiv:1706.06083, section 2.1). */
export default defineMethod({
  id: 'pgd', kind: 'picture', title: 'Projected gradient', norm: normOption, budget: 'budget',
  summary: 'Iterated steps from random places within the budget: the strongest attack that knows only the gradient.',
  citation: 'Madry, Makelov, Schmidt, Tsipras, Vladu 2017, arXiv:1706.06083',
  options: [
    budgetOption(2, 20_000, 'Linf: largest change of a channel (0..255). L2: root of the sum of squares over all channels of all pixels.'),
    stepsOption(20),
    { type: 'choice', id: 'norm', title: 'Norm', help: 'What the budget limits.', choices: [{ id: 'linf', title: 'Linf: largest change' }, { id: 'l2', title: 'L2: length of the change' }], initial: 'linf' },
    { type: 'integer', id: 'restarts', title: 'Restarts', help: 'Random places to begin from, until one fools.', minimum: 1, maximum: 100, initial: 1 },
  ],
  async run(context, picture) {
    const { options, random, probe, goal } = context
    const ball: Ball = { norm: normOption(options), radius: options.number('budget') }
    const steps = options.number('steps')
    let best: { picture: Float32Array; surplus: number } | undefined
    for (let restart = 0; restart < options.number('restarts') && (best?.surplus ?? -1) <= 0; restart++) {
      const start = project(randomWithin(picture, ball, () => random.uniform(-1, 1), () => random.normal()), picture, ball)
      // Madry's 2.5 e / steps: the whole ball can be crossed.
      const changed = await climb(context, picture, { start, ball, steps, size: (2.5 * ball.radius) / steps })
      const [logits] = await probe.logits(changed)
      const surplus = surplusOf(goal, logits ?? [])
      if (!best || surplus > best.surplus) best = { picture: changed, surplus }
    }
    invariant(best, 'no restart was made')
    return best.picture
  },
})

/** Uniform in the cube; in the direction of a normal vector, at a uniform distance, for the ball. */
function randomWithin(center: Float32Array, { norm, radius }: Ball, uniform: () => number, normal: () => number): Float32Array {
  const limit = radius / 255
  if (norm === 'linf') return center.map((value) => value + limit * uniform())
  const direction = center.map(() => normal())
  const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0))
  const factor = (limit * Math.abs(uniform())) / Math.max(1e-30, length)
  return center.map((value, index) => value + factor * (direction[index] ?? 0))
}
