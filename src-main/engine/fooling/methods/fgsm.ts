import { clampPicture, stepAlong } from '../ball.ts'
import { budgetOption, defineMethod } from '../define-method.ts'
import { logOdds } from '../goal.ts'

/** x' = x + e sign(d s / d x) (Goodfellow et al. 2014, arXiv:1412.6572, section 4). */
export default defineMethod({
  id: 'fgsm', kind: 'picture', title: 'Fast gradient sign', norm: 'linf', budget: 'budget',
  summary: 'One step of the whole budget, every channel of every pixel up or down as the gradient says.',
  citation: 'Goodfellow, Shlens, Szegedy 2014, arXiv:1412.6572',
  options: [budgetOption(4)],
  async run({ probe, goal, options, tick }, picture) {
    const { gradient } = await probe.slope(picture, logOdds(goal))
    const changed = clampPicture(stepAlong(picture, gradient, 'linf', options.number('budget')))
    await tick({ step: 1, steps: 1, label: 'One step' }, changed)
    return changed
  },
})
