import { defineRule } from '../define-rule.ts'
import { digits, firstNotFinite } from '../measures.ts'
import { clipFix, rateFix } from '../remedies.ts'

export default defineRule({
  id: 'loss-not-finite', rank: 20,
  source: 'IEEE 754: one infinite or undefined value in a sum makes every weight that it reaches undefined. Flagged at the first loss or gradient that is not finite.',
  explains: ['loss-exploding', 'no-better-than-guessing', 'constant-answer', 'majority-share', 'class-given-up', 'exploding-gradients', 'update-ratio', 'dead-relus', 'underfitting', 'plateau'],
  examine(observation) {
    const broken = firstNotFinite(observation)
    if (!broken) return []
    const before = observation.steps.filter(({ step }) => step < broken.step).slice(-3)
    return [{
      severity: 'critical', title: `The loss is no longer a number since step ${broken.step}`,
      evidence: `Step ${broken.step}: loss ${digits(broken.loss)}, gradient norm ${digits(broken.gradientNorm)}, learning rate ${digits(broken.rate)}.${before.length > 0 ? ` Before it: ${before.map(({ loss, gradientNorm }) => `loss ${digits(loss)}, gradient ${digits(gradientNorm)}`).join('; ')}.` : ''}`,
      meaning: 'From here on every update would write undefined values into the weights, and nothing can be learned any more. The run was stopped before; go back to the last good state with a change.',
      fixes: [rateFix(observation.recipe, observation.recipe.optimizer.rate / 10), clipFix],
    }]
  },
})
