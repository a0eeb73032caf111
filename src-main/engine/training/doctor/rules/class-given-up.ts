import type { Fix } from '#contract/training.ts'
import { defineRule } from '../define-rule.ts'
import type { Diagnosis } from '../define-rule.ts'
import type { RunObservation } from '../observation.ts'
import { average, classCount, classShares, judged, labelOf, lastEpoch, percent } from '../measures.ts'

/** As shares of what an even split would give the class, with the share of the others' mean recall below which it counts as given up. */
const rarities = [{ rare: 0.15, givenUp: 0.6 }, { rare: 0.5, givenUp: 0.35 }] as const
const fewestExamples = 3
/** A class that is not rare is given up only beside others that are learned. */
const othersLearned = 0.7
const mostFindings = 3

export default defineRule({
  id: 'class-given-up', rank: 12,
  source: `A class's pull on the loss is its share of the examples, so that rare ones are bought cheaply by never answering them (He and Garcia 2009, doi 10.1109/TKDE.2008.239; Menon et al. 2020, arXiv:2007.07314). Flagged where ${rarities.map(({ rare, givenUp }) => `a class below ${percent(rare)} of an even share has less than ${percent(givenUp)} of the others' recall`).join(', ')}, any class is never predicted while others reach ${percent(othersLearned)}, or one that weighs nothing in the loss is found no more often than by chance.`,
  explains: ['majority-share', 'constant-answer', 'no-better-than-guessing', 'plateau', 'underfitting'],
  examine(observation) {
    const { data: { target }, recipe: { loss: { classWeights } }, epochs, finished } = observation
    const last = lastEpoch(observation)
    if (!last || target.kind === 'numbers' || !judged(observation) || (epochs.length < 2 && !finished)) return []
    const shares = classShares(observation)
    const present = shares.flatMap((_, index) => (target.validation[index]! >= fewestExamples ? [index] : []))
    const found = present.flatMap((index) => {
      const others = average(present.filter((other) => other !== index && shares[other]! > shares[index]! / 2).map((other) => last.validation.recall[other]!))
      const recall = last.validation.recall[index]!
      const predicted = last.validation.confusion.reduce((sum, row) => sum + row[index]!, 0)
      const rarity = rarities.find(({ rare }) => shares[index]! < rare / classCount(observation))
      // Mistakes that cost nothing are no reason to learn a class: no better than by chance is given up, whatever the others are.
      const uncounted = Array.isArray(classWeights) && classWeights[index] === 0
      const up = uncounted ? recall < 1 / classCount(observation) : rarity ? recall < rarity.givenUp * others : predicted === 0 && others > othersLearned
      return up ? [{ index, recall, others, predicted }] : []
    })
    return found.sort((a, b) => a.recall - b.recall || shares[a.index]! - shares[b.index]!).slice(0, mostFindings).map((entry) => diagnosisOf(observation, shares, entry))
  },
})

function diagnosisOf(observation: RunObservation, shares: readonly number[], { index, recall, others, predicted }: { index: number; recall: number; others: number; predicted: number }): Diagnosis {
  const { data: { target }, recipe: { loss } } = observation
  const label = labelOf(observation, index)
  const counts = target.kind === 'classes' ? target : { train: [], validation: [] }
  const weight = Array.isArray(loss.classWeights) ? loss.classWeights[index] : undefined
  return {
    about: String(index), classIndex: index, severity: 'warning',
    title: predicted === 0 ? `'${label}' is never predicted` : `'${label}' is given up: ${percent(recall)} of its examples are recognised`,
    evidence: `'${label}' has ${counts.train[index] ?? 0} training examples (${percent(shares[index]!)}). Of its ${counts.validation[index] ?? 0} validation examples ${percent(recall)} are recognised, of the other classes’ ${percent(others)} on average; it is answered ${predicted} times.${weight === 0 ? ' Its class weight in the loss is 0.' : ''}`,
    meaning: shares[index] === 0
      ? 'The network was never shown an example of this class: it cannot know it. Look at how the data were split.'
      : weight === 0
      ? 'With a weight of 0 the class’s examples do not count at all: the network is never told that it is wrong about them.'
      : 'There are so few examples of this class that being wrong about all of them costs less than learning them. Overall accuracy hides it.',
    fixes: shares[index] === 0 ? [] : balancingFixes(observation, weight === 0),
  }
}

/**
 * Measured on two epochs more of networks that had given up 37 of 7500 pictures (0.5 %): balanced batches alone bring 16 to 58 % of the class back, since
 * the few are soon learned by heart and stop counting; with an adjustment of the logits, which asks for a margin, 56 to 82 % at 1 and 87 to 97 % at 1.5, which costs the others more.
 */
const margin = 1.25

function balancingFixes({ recipe }: RunObservation, unweighted: boolean): Fix[] {
  if (unweighted) return [{ id: 'class-weights-none', title: 'Count every class in full', changes: { loss: { classWeights: 'none' } } }]
  const adjusts = recipe.loss.kind === 'cross-entropy' || recipe.loss.kind === 'focal'
  const fixes: Fix[] = [
    ...(adjusts ? [{ id: 'balanced-with-margin', title: `Show every class equally often, and ask for a wider margin of rare ones (logit adjustment ${margin})`, changes: { sampler: 'balanced', loss: { classWeights: 'none', logitAdjustment: margin } } }] : []),
    { id: 'balanced-sampler', title: 'Show every class equally often', changes: { sampler: 'balanced', loss: { classWeights: 'none' } } },
    { id: 'class-weights-balanced', title: 'Weigh every class inversely to its share', changes: { loss: { classWeights: 'balanced' } } },
    ...(adjusts ? [{ id: 'logit-adjustment', title: 'Adjust the logits by the classes’ shares (Menon et al. 2020)', changes: { loss: { logitAdjustment: 1 } } }] : []),
  ]
  const { sampler, loss } = recipe
  return fixes.filter(({ id }) => !(id === 'balanced-sampler' && sampler === 'balanced') && !(id === 'class-weights-balanced' && loss.classWeights === 'balanced') && !(id === 'logit-adjustment' && loss.logitAdjustment > 0))
}
