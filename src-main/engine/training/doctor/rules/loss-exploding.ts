import { defineRule } from '../define-rule.ts'
import { digits, peakLoss, recentLoss, startLoss } from '../measures.ts'
import { clipFix, rateFix } from '../remedies.ts'

const times = 3
const fewestSteps = 10

export default defineRule({
  id: 'loss-exploding', rank: 48,
  source: `Training diverges where steps overshoot the loss's curvature (LeCun et al. 1998, Efficient BackProp, section 4.6.2). Flagged where the last steps' median loss is ${times} times the loss before training.`,
  explains: ['no-better-than-guessing', 'constant-answer', 'underfitting', 'plateau', 'exploding-gradients', 'dead-relus'],
  examine(observation) {
    const start = startLoss(observation)
    const recent = recentLoss(observation)
    if (observation.steps.length < fewestSteps || !(recent > times * start)) return []
    return [{
      severity: 'critical', title: 'The loss explodes',
      evidence: `The loss was ${digits(start)} at the start, is ${digits(recent)} now and was ${digits(peakLoss(observation))} at its highest.`,
      meaning: 'Every step makes the network worse: the steps are larger than the valley that they should descend into, or an example pulls the weights far out.',
      fixes: [rateFix(observation.recipe, observation.recipe.optimizer.rate / 10), clipFix],
    }]
  },
})
