import { defineRule } from '../define-rule.ts'
import { digits, isGuessing, isOwnNet, lastEpoch, firstNotFinite, trainScore } from '../measures.ts'
import { standardizeFix } from '../remedies.ts'

/** A decade from mean 0 and deviation 1; pixels in 0..1 (deviation about 0.3) train well. */
const far = 10
const narrow = 0.01
/** Between the widest column and the narrowest. */
const unlike = 100
/** Above this score the run is well all the same. */
const fine = 0.97

export default defineRule({
  id: 'inputs-not-standardized', rank: 0,
  source: `Inputs should have mean near 0 and like variances (LeCun et al. 1998, Efficient BackProp, section 4.3). Flagged where a mean or deviation exceeds ${far}, all deviations are below ${narrow}, or columns differ ${unlike}-fold, and the run is not well.`,
  explains: ['loss-not-finite', 'loss-exploding', 'learning-rate-too-high', 'learning-rate-too-low', 'poor-initialization', 'saturation', 'dead-relus', 'exploding-gradients', 'vanishing-gradients', 'update-ratio', 'no-better-than-guessing', 'constant-answer', 'class-given-up', 'underfitting', 'overfitting', 'plateau', 'majority-share'],
  examine(observation) {
    const { data: { input }, recipe } = observation
    const spreads = input.stds.filter((std) => std > 0)
    const offset = Math.max(...input.means.map(Math.abs))
    const widest = Math.max(...spreads, 0)
    const narrowest = Math.min(...spreads)
    if (!isOwnNet(observation)) return []
    const missing = !Number.isFinite(input.mean) || !Number.isFinite(input.std)
    if (!missing && !(offset > far || widest > far || widest < narrow || widest / narrowest > unlike)) return []
    const last = lastEpoch(observation)
    if (last && !missing && !firstNotFinite(observation) && Math.min(trainScore(last), last.validation.score) > fine) return []
    const broken = firstNotFinite(observation) !== undefined || isGuessing(observation)
    if (!last && !broken) return []
    return [{
      severity: broken ? 'critical' : 'warning', title: missing ? 'Inputs hold values that are not numbers' : 'The inputs are not standardised',
      evidence: missing ? 'The mean or deviation of the inputs is not a finite number.' : `As the network gets them, inputs have means up to ${digits(offset)} and deviations from ${digits(narrowest)} to ${digits(widest)}; 0 and 1 are what layers are made for. The recipe says standardize: ${typeof recipe.standardize === 'string' ? `'${recipe.standardize}'` : 'given numbers'}.`,
      meaning: 'Large or unlike inputs make some weights’ gradients enormous beside others’: no single learning rate suits them all, units saturate or die, and training is slow or breaks down.',
      fixes: [standardizeFix],
    }]
  },
})
