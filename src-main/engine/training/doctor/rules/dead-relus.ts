import { defineRule } from '../define-rule.ts'
import { isGuessing, isOwnNet, lastEpoch, percent, titleOf } from '../measures.ts'
import { activationFix, noDropoutFix, normalizeFix, rateFix, strongDropoutOf } from '../remedies.ts'

/** Healthy layers with dropout have up to 0.7 that are off for a probe of this size. */
const dead = 0.8
const fewestUnits = 8

export default defineRule({
  id: 'dead-relus', rank: 60,
  source: `A ReLU that is off for every example gets no gradient and stays off (Lu et al. 2019, arXiv:1903.06733). Flagged where ${percent(dead)} of a layer of ${fewestUnits} or more are off for the whole probe.`,
  explains: ['no-better-than-guessing', 'constant-answer', 'class-given-up', 'underfitting', 'plateau', 'majority-share', 'vanishing-gradients', 'update-ratio'],
  examine(observation) {
    const last = lastEpoch(observation)
    const worst = last?.layers.filter(({ units }) => units >= fewestUnits).reduce<(typeof last.layers)[number] | undefined>((most, layer) => (layer.dead > (most?.dead ?? 0) ? layer : most), undefined)
    if (!worst || worst.dead < dead) return []
    // An opened model may well have filters for what these pictures do not show.
    if (!isOwnNet(observation) && !isGuessing(observation)) return []
    const { recipe } = observation
    const dropout = strongDropoutOf(recipe)
    return [{
      layer: worst.layer, severity: isGuessing(observation) ? 'critical' : 'warning', title: `${percent(worst.dead)} of the ReLUs of ${titleOf(observation, worst.layer)} are dead`,
      evidence: `${Math.round(worst.dead * worst.units)} of ${worst.units} units of ${titleOf(observation, worst.layer)} give 0 for every example of the probe.${dropout === undefined ? '' : ` Dropout is ${percent(dropout)}, which leaves few units to learn from.`}`,
      meaning: 'A unit that is off for every example gets no gradient and cannot come back: the layer has fewer units than it seems, and where all are off nothing of the input gets through.',
      fixes: [...(dropout === undefined ? [] : noDropoutFix(recipe)), ...activationFix(recipe, 'leaky-relu'), rateFix(recipe, recipe.optimizer.rate / 10), ...normalizeFix(recipe)],
    }]
  },
})
