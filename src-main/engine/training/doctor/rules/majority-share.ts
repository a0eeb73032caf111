import { defineRule } from '../define-rule.ts'
import { average, classCount, guessOf, isGuessing, labelOf, lastEpoch, percent } from '../measures.ts'
import { rateFix, usualRate } from '../remedies.ts'

/** A class this many times an even share is a majority worth naming. */
const majority = 1.4
const least = 0.4

export default defineRule({
  id: 'majority-share', rank: 92,
  source: `Always answering the most frequent class scores its share (the no-information rate, Kuhn and Johnson 2013, Applied Predictive Modeling, section 11.2). Flagged where accuracy is within two standard errors of it and the class has ${majority} times an even share, and at least ${least}.`,
  explains: ['no-better-than-guessing'],
  examine(observation) {
    const { data: { target }, recipe } = observation
    const last = lastEpoch(observation)
    if (!last || target.kind === 'numbers' || !isGuessing(observation)) return []
    const { score } = guessOf(observation)
    if (score < Math.min(0.98, Math.max(least, majority / classCount(observation)))) return []
    const index = target.validation.indexOf(Math.max(...target.validation))
    const recall = average(last.validation.recall.filter((_, other) => target.validation[other]! > 0))
    // All classes are recognised alike: the score is low, but not for this reason.
    if (last.validation.recall.every((value, other) => target.validation[other]! === 0 || value > 0.5)) return []
    return [{
      classIndex: index, severity: 'warning', title: `An accuracy of ${percent(last.validation.score)} is what always answering '${labelOf(observation, index)}' would give`,
      evidence: `${percent(score)} of the validation examples are '${labelOf(observation, index)}'. Accuracy is ${percent(last.validation.score)}; the mean over classes of the share recognised is ${percent(recall)}.`,
      meaning: 'The accuracy looks good only because one class is so frequent. Look at the recall of each class instead.',
      fixes: [{ id: 'balanced-sampler', title: 'Show every class equally often', changes: { sampler: 'balanced' } }, ...(recipe.optimizer.rate === usualRate(recipe) ? [] : [rateFix(recipe, usualRate(recipe))])],
    }]
  },
})
