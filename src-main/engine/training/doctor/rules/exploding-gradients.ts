import { defineRule } from '../define-rule.ts'
import { digits, median } from '../measures.ts'
import { clipFix, normalizeFix, rateFix } from '../remedies.ts'

const times = 50
const least = 100
const firstSteps = 10

export default defineRule({
  id: 'exploding-gradients', rank: 56,
  source: `Gradients that grow from layer to layer come in spikes, which cutting their norm tames (Pascanu et al. 2013, arXiv:1211.5063, section 3.2). Flagged where the norm of a step after the first ${firstSteps} exceeds ${least} and ${times} times the run's median, or the median itself exceeds ${least * 10}.`,
  explains: ['loss-exploding', 'loss-not-finite', 'plateau'],
  examine(observation) {
    const norms = observation.steps.map(({ gradientNorm }) => gradientNorm).filter(Number.isFinite)
    if (norms.length < 5) return []
    const usual = median(norms)
    // Before the optimiser has found its pace one large gradient is no sign: initialisation and rate have rules of their own.
    const peak = norms.slice(firstSteps).reduce((most, norm) => Math.max(most, norm), 0)
    if (!(usual > least * 10 || (peak > least && peak > times * usual))) return []
    const step = observation.steps.find(({ gradientNorm }) => gradientNorm === peak)?.step ?? 0
    return [{
      severity: 'warning', title: 'The gradients explode', evidence: `The gradients’ norm is ${digits(usual)} in the median and ${digits(peak)} at step ${step}.`,
      meaning: 'On their way back through the layers the gradients grow instead of keeping their size; one such step can undo all that was learned.',
      fixes: [clipFix, ...normalizeFix(observation.recipe), rateFix(observation.recipe, observation.recipe.optimizer.rate / 10)],
    }]
  },
})
