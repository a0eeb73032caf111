import type { Fix } from '#contract/training.ts'
import { defineRule } from '../define-rule.ts'
import type { RunObservation } from '../observation.ts'
import { halfway, isAsleep, isFlat, judged, largest, lastEpoch, neighborScore, percent, scoreText, trainScore, usualRatios } from '../measures.ts'
import { strongDropoutOf, noDropoutFix, widenFix } from '../remedies.ts'

const below = 0.05
const farBelow = 0.15
/** Where no neighbours say what is possible. */
const low = { classes: 0.85, numbers: 0.5 } as const
const sameOnBoth = 0.08
const enoughEpochs = 4
/** Of |update| / |weight|. */
const creeping = 1e-3
/** What the training loss falls by over a third of the epochs. */
const [flat, slow] = [0.03, 0.15]

export default defineRule({
  id: 'underfitting', rank: 70,
  source: `Training and validation score alike and low: the network is too small or too constrained (Goodfellow et al. 2016, Deep Learning, section 5.2). Flagged from epoch ${enoughEpochs} and half of the run on where training examples score ${percent(below)} below plain 5-nearest neighbours (Cover and Hart 1967), or below ${percent(low.classes)} where these say nothing, and the training loss no longer falls.`,
  explains: ['no-better-than-guessing', 'constant-answer', 'plateau', 'class-given-up', 'majority-share'],
  examine(observation) {
    const { epochs, finished, data: { target } } = observation
    const last = lastEpoch(observation)
    if (!last || !judged(observation) || epochs.length < enoughEpochs || !halfway(observation) || isAsleep(observation)) return []
    // Weights that hardly move cannot be told from those that have arrived; what the end says, the rate's own rule explains.
    if (!finished && (largest(usualRatios(observation, 0.5))?.[1] ?? Infinity) < creeping) return []
    const score = trainScore(last)
    const possible = neighborScore(observation)
    const limit = possible === undefined ? low[target.kind] : possible - below
    if (!(score < limit) || score - last.validation.score > sameOnBoth) return []
    // While epochs are left a loss that still falls a little may yet find the way.
    if (!isFlat(observation, finished && possible !== undefined && score < possible - farBelow ? slow : flat)) return []
    return [{
      severity: 'warning', title: 'The network underfits: it cannot even learn the training examples',
      evidence: `After ${epochs.length} epochs: training examples ${scoreText(observation, score)}, validation ${scoreText(observation, last.validation.score)}${possible === undefined ? '' : `; plain nearest neighbours reach ${scoreText(observation, possible)}`}. The training loss hardly falls any more.${constraints(observation)}`,
      meaning: 'More of the same training will not help: the network is too small for the task, or weight decay, dropout or augmentation hold it back.',
      fixes: fixesOf(observation),
    }]
  },
})

const strongDecay = 0.02

function constraints({ recipe }: RunObservation): string {
  const dropout = strongDropoutOf(recipe)
  return [
    ...(recipe.optimizer.weightDecay > strongDecay ? [` Weight decay is ${recipe.optimizer.weightDecay}.`] : []),
    ...(dropout === undefined ? [] : [` Dropout is ${percent(dropout)}.`]),
    ...(recipe.loss.labelSmoothing > 0.3 ? [` Labels are smoothed by ${recipe.loss.labelSmoothing}.`] : []),
  ].join('')
}

function fixesOf({ recipe }: RunObservation): Fix[] {
  return [
    ...(recipe.optimizer.weightDecay > strongDecay ? [{ id: 'decay-less', title: 'A thousandth of the weight decay', changes: { optimizer: { weightDecay: recipe.optimizer.weightDecay / 1000 } } }] : []),
    ...(strongDropoutOf(recipe) === undefined ? [] : noDropoutFix(recipe)),
    ...(recipe.loss.labelSmoothing > 0.3 ? [{ id: 'label-smoothing-none', title: 'Do not smooth the labels', changes: { loss: { labelSmoothing: 0 } } }] : []),
    ...widenFix(recipe, 4),
    { id: 'longer', title: 'Train three times as long', changes: { epochs: recipe.epochs * 3 } },
  ]
}
