import { defineRule } from '../define-rule.ts'
import { digits, isGuessing, judged, lastEpoch, median, neighborScore, titleOf, trainScore } from '../measures.ts'
import { activationFix, adamFix, normalizeFix } from '../remedies.ts'

/** Of the first layer's gradient, root mean square over its weights, beside the last's; healthy runs have 0.02 to 2. */
const faded = 1e-3
const learned = 0.9

export default defineRule({
  id: 'vanishing-gradients', rank: 54,
  source: `Every layer whose derivative is below 1 shrinks what goes back (Hochreiter 1991; Glorot and Bengio 2010, section 4). Flagged where the first layer's gradient is below ${faded} of the last one's over the first half of the run and the network has not learned.`,
  explains: ['learning-rate-too-low', 'update-ratio', 'no-better-than-guessing', 'constant-answer', 'class-given-up', 'underfitting', 'plateau', 'majority-share', 'saturation'],
  examine(observation) {
    const { steps, net, recipe } = observation
    const last = lastEpoch(observation)
    if (!last || !judged(observation) || net.layers.filter(({ parameters }) => parameters > 0).length < 3) return []
    if (!isGuessing(observation) && trainScore(last) >= Math.min(learned, (neighborScore(observation) ?? learned) - 0.05)) return []
    const recorded = steps.flatMap(({ layers }) => (layers && layers.length > 2 ? [layers] : []))
    const size = (layer: string): number => Math.sqrt(Math.max(1, net.layers.find(({ id }) => id === layer)?.parameters ?? 1))
    const ratio = median(recorded.slice(0, Math.max(3, Math.ceil(recorded.length / 2))).map((layers) => layers[0]!.gradientNorm / size(layers[0]!.layer) / (layers.at(-1)!.gradientNorm / size(layers.at(-1)!.layer))))
    // Exactly 0: dead units or zero weights, which other rules name.
    if (!(ratio > 0 && ratio < faded)) return []
    const first = recorded[0]![0]!.layer
    return [{
      layer: first, severity: isGuessing(observation) ? 'critical' : 'warning', title: `The gradients vanish on their way to ${titleOf(observation, first)}`,
      evidence: `A weight of ${titleOf(observation, first)} gets a gradient ${digits(1 / ratio)} times smaller than one of the last layer (median over the first half of the run; up to 50 times is usual).`,
      meaning: 'Every layer on the way back shrinks the gradient, most of all sigmoid and tanh far from 0. The first layers, which should learn to see, hardly learn.',
      fixes: [...activationFix(recipe, 'relu'), ...normalizeFix(recipe), ...(recipe.optimizer.kind === 'adam' ? [] : [adamFix])],
    }]
  },
})
