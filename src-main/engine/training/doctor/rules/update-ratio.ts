import { defineRule } from '../define-rule.ts'
import { digits, judged, lastEpoch, percent, titleOf, trainScore, usualRatios } from '../measures.ts'
import { adamFix, rateFix } from '../remedies.ts'

const large = 0.05
const small = 1e-6
/** Training is well all the same. */
const learned = 0.95

export default defineRule({
  id: 'update-ratio', rank: 52,
  source: `An update should be about a thousandth of its weights (Karpathy, CS231n, Neural Networks part 3). Flagged where a layer's median |update| / |weight| is above ${large} or below ${small} while training is not well.`,
  explains: ['plateau', 'underfitting'],
  examine(observation) {
    const { recipe, stepsPerEpoch } = observation
    const last = lastEpoch(observation)
    if (!last || !judged(observation) || stepsPerEpoch === 0 || trainScore(last) > learned) return []
    // Exactly 0: frozen, or no gradient arrives, which other rules name.
    const ratios = [...usualRatios(observation)].filter(([, ratio]) => ratio > 0)
    const fast = ratios.filter(([, ratio]) => ratio > large).sort((a, b) => b[1] - a[1])[0]
    const slow = ratios.filter(([, ratio]) => ratio < small).sort((a, b) => a[1] - b[1])[0]
    const worst = fast ?? slow
    if (!worst) return []
    const [layer, ratio] = worst
    return [{
      about: layer, layer, severity: 'warning', title: fast ? `Updates of ${titleOf(observation, layer)} are too large for its weights` : `Updates of ${titleOf(observation, layer)} are too small for its weights`,
      evidence: `A step changes the weights of ${titleOf(observation, layer)} by ${fast ? percent(ratio) : `${digits(100 * ratio)} %`} of their norm; 0.1 to 1 % is usual.`,
      meaning: fast ? 'The layer is rewritten every few steps and cannot settle.' : 'The layer stands still beside the others: what it computes is what it was initialised with.',
      fixes: [rateFix(recipe, recipe.optimizer.rate * (fast ? Math.max(1e-3, 0.005 / ratio) : 10)), ...(recipe.optimizer.kind === 'adam' ? [] : [adamFix])],
    }]
  },
})
