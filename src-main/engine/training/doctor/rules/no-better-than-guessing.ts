import { defineRule } from '../define-rule.ts'
import { digits, guessOf, isFalling, isGuessing, lastEpoch, recentLoss, scoreText } from '../measures.ts'
import { adamFix, rateFix } from '../remedies.ts'

const fewSteps = 60

export default defineRule({
  id: 'no-better-than-guessing', rank: 90,
  source: 'The best constant answer scores the most frequent class’s share, or R² 0, at a loss of the labels’ entropy or variance (Kuhn and Johnson 2013, Applied Predictive Modeling, section 11.2). Flagged where the last epoch’s validation score is within two standard errors of it, after 60 steps and two epochs, and the training loss no longer falls by 2 % an epoch.',
  explains: [],
  examine(observation) {
    const last = lastEpoch(observation)
    if (!last || !isGuessing(observation) || (!observation.finished && (observation.epochs.length < 2 || isFalling(observation)))) return []
    const { score, trainLoss } = guessOf(observation)
    const { recipe } = observation
    const { rate } = recipe.optimizer
    // A run that was on its way when it ended, or hardly began, went too slowly rather than too fast.
    const slow = isFalling(observation) || observation.steps.length < fewSteps
    return [{
      severity: 'critical', title: 'The network does no better than guessing',
      evidence: `After ${observation.epochs.length} epochs it scores ${scoreText(observation, last.validation.score)}; the best constant answer scores ${scoreText(observation, score)}.${trainLoss === undefined ? '' : ` The training loss is ${digits(recentLoss(observation))}, that of a guess ${digits(trainLoss)}.`}`,
      meaning: 'So far the network has found nothing in the inputs that tells the answers apart. Either it does not learn (rate, initialisation, dead layers), or the data do not hold the answer.',
      fixes: [...(slow ? [rate * 10, rate / 10] : [rate / 10, rate * 10]).map((next) => rateFix(recipe, next)), ...(recipe.optimizer.kind === 'adam' ? [] : [adamFix])],
    }]
  },
})
