import { defineRule } from '../define-rule.ts'
import { digits, guessOf, halfway, highestRate, isAsleep, isFlat, lastEpoch, neighborScore, percent, scoreText, trainScore } from '../measures.ts'
import { rateFix } from '../remedies.ts'

const enoughEpochs = 6
const learned = 0.95

export default defineRule({
  id: 'plateau', rank: 78,
  source: `Steps on a plateau hardly change the loss: the rate has decayed too early, or is too high to descend further (Bengio 2012, arXiv:1206.5533, section 3.1). Flagged from epoch ${enoughEpochs} and half of the run on where the training loss fell by less than 1 % over the last third while training examples score below ${percent(learned)} and below what nearest neighbours reach, or the rate is below 2 % of its highest.`,
  explains: ['no-better-than-guessing'],
  examine(observation) {
    const { epochs, recipe, steps } = observation
    const last = lastEpoch(observation)
    if (!last || epochs.length < Math.min(enoughEpochs, Math.max(4, recipe.epochs)) || !halfway(observation) || !isFlat(observation, 0.01)) return []
    const score = trainScore(last)
    const possible = neighborScore(observation)
    const highest = highestRate(steps)
    const asleep = isAsleep(observation)
    if (score > Math.min(learned, possible === undefined ? (asleep ? 0.9 : 0.8) : possible - (asleep ? 0 : 0.02)) || score <= guessOf(observation).score) return []
    return [{
      severity: 'warning', title: asleep ? 'Training has come to rest on a plateau: the learning rate has decayed too early' : 'Training is stuck on a plateau',
      evidence: `Over the last ${Math.max(3, Math.ceil(epochs.length / 3))} epochs the training loss fell by less than 1 % (now ${digits(last.train.loss)}), with training examples at ${scoreText(observation, score)}${possible === undefined ? '' : `; nearest neighbours reach ${scoreText(observation, possible)}`}. The rate is ${digits(last.rate)}${asleep ? `, of ${digits(highest)} at its highest` : ''}.`,
      meaning: asleep ? 'The steps have become so small that nothing changes any more, though there is much left to learn.' : 'The steps no longer lead down: a lower rate may find the way further, a higher one out of a flat region.',
      fixes: asleep
        ? [{ id: 'schedule-cosine', title: 'Let the rate fall along a cosine over the whole run', changes: { optimizer: { schedule: 'cosine' } } }, { id: 'schedule-constant', title: 'Keep the rate constant', changes: { optimizer: { schedule: 'constant' } } }]
        : [rateFix(recipe, recipe.optimizer.rate / 5), rateFix(recipe, recipe.optimizer.rate * 5)],
    }]
  },
})
