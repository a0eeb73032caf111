import { defineRule } from '../define-rule.ts'
import { digits, firstNotFinite, lastEpoch } from '../measures.ts'
import { standardizeFix } from '../remedies.ts'

const far = 10
const narrow = 0.01
const fine = 0.9

export default defineRule({
  id: 'targets-not-standardized', rank: 1,
  source: `Squared error's gradient grows with the answers' scale; standardise them as inputs are (Bishop 1995, Neural Networks for Pattern Recognition, section 8.2). Flagged where a mean or deviation exceeds ${far} or all deviations are below ${narrow}, and R² is below ${fine}.`,
  explains: ['loss-not-finite', 'loss-exploding', 'learning-rate-too-high', 'learning-rate-too-low', 'exploding-gradients', 'dead-relus', 'update-ratio', 'no-better-than-guessing', 'constant-answer', 'underfitting', 'plateau', 'poor-initialization'],
  examine(observation) {
    const { data: { target } } = observation
    if (target.kind === 'classes') return []
    const widest = Math.max(...target.std)
    const offset = Math.max(...target.mean.map(Math.abs))
    if (!(offset > far || widest > far || widest < narrow)) return []
    const last = lastEpoch(observation)
    const broken = firstNotFinite(observation) !== undefined
    if (broken ? false : !last || last.validation.score > fine) return []
    return [{
      severity: broken || (last && last.validation.score <= 0) ? 'critical' : 'warning', title: 'The answers to learn are not standardised',
      evidence: `As the loss gets them, answers have means up to ${digits(offset)} and deviations up to ${digits(widest)}.`,
      meaning: 'The output layer starts near 0 and must first walk all the way to the answers’ scale; with large answers the gradients are as large and training may break down.',
      fixes: [standardizeFix],
    }]
  },
})
