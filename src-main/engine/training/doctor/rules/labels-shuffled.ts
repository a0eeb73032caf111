import { defineRule } from '../define-rule.ts'
import { chanceError, digits, guessOf, isGuessing, largest, lastEpoch, peakLoss, percent, scoreText, startLoss, trainScore, usualRatios } from '../measures.ts'

const errors = 3
const fewest = 60
/** The score on training examples is this far above that on others: learned by heart. */
const memorised = 0.1
/** Where nearly all examples are of one class, neighbours agree by chance. */
const mostlyOne = 0.8

export default defineRule({
  id: 'labels-shuffled', rank: 4,
  source: `Networks fit shuffled labels, but learn nothing that holds elsewhere (Zhang et al. 2017, arXiv:1611.03530). Flagged where the 5 nearest neighbours agree no better than chance (within ${errors} standard errors) and validation is at chance, while training examples are learned by heart or the updates' size is right.`,
  explains: ['labels-noisy', 'overfitting', 'no-better-than-guessing', 'underfitting', 'plateau', 'constant-answer', 'class-given-up', 'majority-share', 'augmentation-hurts', 'learning-rate-too-low'],
  examine(observation) {
    const { data: { neighbors, target } } = observation
    const last = lastEpoch(observation)
    if (!neighbors || neighbors.examples < fewest || neighbors.chance.agreement > mostlyOne || !last || !isGuessing(observation)) return []
    const error = target.kind === 'classes' ? chanceError(neighbors.chance.agreement, neighbors.examples) : 1 / Math.sqrt(neighbors.examples)
    if (neighbors.agreement > (target.kind === 'classes' ? neighbors.chance.agreement : 0) + errors * error) return []
    const learned = trainScore(last) - last.validation.score > memorised
    const ratio = largest(usualRatios(observation, 0.3))?.[1]
    const sound = peakLoss(observation) < 2.5 * startLoss(observation) && ratio !== undefined && ratio > 1e-3 && ratio < 0.1
    if (!learned && !sound) return []
    return [{
      severity: 'critical', title: 'The labels look shuffled: they have nothing to do with the inputs',
      evidence: target.kind === 'classes'
        ? `Of ${neighbors.examples} training examples only ${percent(neighbors.agreement)} bear the label of their nearest neighbours; chance gives ${percent(neighbors.chance.agreement)}. Training examples are right in ${percent(trainScore(last))} of cases, validation examples in ${percent(last.validation.score)} (chance ${percent(guessOf(observation).score)}).`
        : `An example's answer and its neighbours' mean correlate by ${digits(neighbors.agreement)}; validation is at ${scoreText(observation, last.validation.score)}.`,
      meaning: 'Examples that look alike have unrelated answers, so nothing can be learned but each example by heart. Most often inputs and labels were put in different orders when the data were written.',
      fixes: [],
    }]
  },
})
