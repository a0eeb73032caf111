import { defineRule } from '../define-rule.ts'
import type { LayerFacts } from '../observation.ts'
import { hiddenLayers, isGuessing, lastEpoch, percent, titleOf, trainScore } from '../measures.ts'
import { activationFix, normalizeFix } from '../remedies.ts'

const saturated = 0.8
const learned = 0.97

export default defineRule({
  id: 'saturation', rank: 58,
  source: `At its ends a sigmoid or tanh is flat and lets no gradient through (Glorot and Bengio 2010, section 3). Flagged where ${percent(saturated)} of a layer's activations are within 2.5 % of an end and training examples score below ${percent(learned)}; trained layers reach 67 % without harm.`,
  explains: ['vanishing-gradients', 'no-better-than-guessing', 'constant-answer', 'underfitting', 'plateau', 'learning-rate-too-low'],
  examine(observation) {
    const last = lastEpoch(observation)
    const worst = (last ? hiddenLayers(observation, last.layers) : []).reduce<LayerFacts | undefined>((most, layer) => (layer.saturated > (most?.saturated ?? 0) ? layer : most), undefined)
    if (!last || !worst || worst.saturated < saturated) return []
    if (!isGuessing(observation) && trainScore(last) >= learned) return []
    return [{
      layer: worst.layer, severity: 'warning', title: `${titleOf(observation, worst.layer)} is saturated`,
      evidence: `${percent(worst.saturated)} of the ${worst.activation} activations of ${titleOf(observation, worst.layer)} are within 2.5 % of an end of their range.`,
      meaning: 'These units are either fully on or fully off, where their curve is flat: a small change of their weights changes nothing, so they hardly learn.',
      fixes: [...activationFix(observation.recipe, 'relu'), ...normalizeFix(observation.recipe)],
    }]
  },
})
