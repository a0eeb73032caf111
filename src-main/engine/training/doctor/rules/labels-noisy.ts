import { defineRule } from '../define-rule.ts'
import { bestEpoch, classCount, isGuessing, percent } from '../measures.ts'

/** Of clear neighbourhoods; clean digits have 3 %, clothes 9 to 12 %. */
const contradicted = 0.12
const contradictedOfTwo = 0.15
const clearAboveChance = 0.25
const byNetwork = 0.05
/** Of wrong answers over the pairs of classes: 1 is even. Classes that look alike give 0.6 to 0.7, wrong labels above 0.88. */
const even = 0.8
const fewestWrong = 30

export default defineRule({
  id: 'labels-noisy', rank: 6,
  source: `Wrong labels contradict clear neighbourhoods (Wilson 1972) and a trained network's confident answers (Northcutt et al. 2021, arXiv:1911.00068), evenly over the classes. Flagged where ${percent(contradicted)} of clear neighbourhoods and ${percent(byNetwork)} of the network's answers contradict the label and mistakes are spread evenly (entropy at least ${even} of the largest).`,
  explains: ['overfitting', 'underfitting', 'plateau', 'augmentation-hurts'],
  examine(observation) {
    const { data: { neighbors, target }, recipe } = observation
    const best = bestEpoch(observation)
    if (!neighbors || target.kind === 'numbers' || !best || isGuessing(observation)) return []
    const two = classCount(observation) === 2
    if (neighbors.contradicted < (two ? contradictedOfTwo : contradicted) || neighbors.clear - neighbors.chance.clear < (two ? 0.1 : clearAboveChance)) return []
    if (best.contradicted !== undefined && best.contradicted < byNetwork) return []
    // The network knows better than the neighbours: these only look alike.
    if (best.validation.score > 1 - neighbors.contradicted / 2) return []
    const wrong = best.validation.confusion.flatMap((row, actual) => row.filter((_, predicted) => predicted !== actual))
    if (!two && evenness(wrong) < even) return []
    return [{
      severity: 'warning', title: `About ${percent(neighbors.contradicted)} of the labels seem wrong`,
      evidence: `${percent(neighbors.contradicted)} of the training examples in clear neighbourhoods bear another label than their neighbours; the network contradicts ${best.contradicted === undefined ? 'many' : percent(best.contradicted)} of the validation labels with confidence. Its mistakes are spread evenly over all pairs of classes, which classes that merely look alike do not do.`,
      meaning: 'The network first learns what the right labels have in common and then, with more epochs, the wrong ones by heart. The validation score cannot rise above the share of right labels.',
      fixes: [
        { id: 'stop-early', title: 'Stop after 2 epochs without a better validation loss', changes: { patience: 2 } },
        ...(recipe.loss.kind === 'cross-entropy' ? [{ id: 'label-smoothing', title: 'Smooth the labels by 0.2, so that none is trusted fully', changes: { loss: { labelSmoothing: 0.2 } } }] : []),
      ],
    }]
  },
})

/** Shannon entropy of the counts, as a share of what even counts would have. */
function evenness(counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total < fewestWrong) return 0
  const entropy = -counts.reduce((sum, count) => sum + (count > 0 ? (count / total) * Math.log(count / total) : 0), 0)
  return entropy / Math.log(Math.min(counts.filter((_, index) => index >= 0).length, total))
}
