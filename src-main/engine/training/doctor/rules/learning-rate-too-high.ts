import { defineRule } from '../define-rule.ts'
import type { RunObservation } from '../observation.ts'
import { digits, firstNotFinite, guessOf, highestRate, isGuessing, largest, lastEpoch, peakLoss, peakRatios, percent, recentLoss, shareOf, startLoss, titleOf } from '../measures.ts'
import { rateFix, usualRate } from '../remedies.ts'

/** Of |update| / |weight| where it is highest; healthy runs stay below 0.08, and 0.001 to 0.01 is usual. */
const large = 0.1
const spike = 2.5
const wanted = 0.005
/** A loss below this share of what it began at has found the valley after all: the first steps overshot, and nothing came of it. */
const recovered = 0.05

export default defineRule({
  id: 'learning-rate-too-high', rank: 40,
  source: `An update should be about a thousandth of its weights (Karpathy, CS231n, Neural Networks part 3); above twice the inverse curvature descent diverges (LeCun et al. 1998, Efficient BackProp, section 4.6.2). Flagged where updates exceed ${large} of the weights and the loss jumps ${spike}-fold, stays at chance or stops being a number.`,
  explains: ['loss-not-finite', 'loss-exploding', 'dead-relus', 'saturation', 'update-ratio', 'exploding-gradients', 'vanishing-gradients', 'no-better-than-guessing', 'constant-answer', 'class-given-up', 'underfitting', 'overfitting', 'plateau', 'majority-share', 'learning-rate-too-low', 'augmentation-hurts'],
  examine(observation) {
    const { recipe, steps } = observation
    if (steps.length < 3) return []
    const first = largest(peakRatios(observation))
    const broken = firstNotFinite(observation)
    const jump = peakLoss(observation) / startLoss(observation)
    const jumped = Number.isNaN(jump) || jump >= spike
    const stuck = isGuessing(observation)
    const ratio = first?.[1] ?? NaN
    // Without the layers' norms only a jump that is beyond doubt counts.
    const high = Number.isNaN(ratio) ? broken !== undefined || jump > 2 * spike : ratio >= large
    if (!high || !(jumped || stuck || broken)) return []
    if (!stuck && !broken && deadLayer(observation) === undefined && recentLoss(observation) < recovered * startLoss(observation)) return []
    const rate = highestRate(steps)
    const factor = Number.isNaN(ratio) ? 0.1 : Math.min(0.3, Math.max(1e-4, wanted / ratio))
    const lost = stuck || broken !== undefined || recentLoss(observation) > 0.9 * (guessOf(observation).trainLoss ?? Infinity)
    // Weights that were thrown far make every update look small beside them: what is usual is then the safer guide.
    const slower = lost ? Math.min(recipe.optimizer.rate * factor, usualRate(recipe)) : recipe.optimizer.rate * factor
    return [{
      severity: lost ? 'critical' : 'warning', title: `The learning rate of ${digits(rate)} is too high${consequence(observation)}`,
      ...(first ? { layer: first[0] } : {}),
      evidence: `${first ? `Updates change the weights of ${titleOf(observation, first[0])} by up to ${shareOf(ratio)} their norm; about 0.1 to 1 % is usual. ` : ''}The loss began at ${digits(startLoss(observation))}, ${broken ? `and was no longer a number at step ${broken.step}` : `rose to ${digits(peakLoss(observation))} and is ${digits(recentLoss(observation))} now`}.`,
      meaning: 'Each step overshoots: instead of walking down into the valley of the loss, the weights are thrown out of it, often so far that units never come back.',
      fixes: [rateFix(recipe, slower), ...(slower < 0.1 * recipe.optimizer.rate ? [rateFix(recipe, recipe.optimizer.rate / 10)] : []), ...(recipe.optimizer.warmup > 0 ? [] : [{ id: 'warmup', title: 'Let the rate rise over the first 200 steps', changes: { optimizer: { rate: Number((recipe.optimizer.rate * 0.3).toPrecision(2)), warmup: 200 } } }])],
    }]
  },
})

function consequence(observation: RunObservation): string {
  if (firstNotFinite(observation)) return ': the loss broke down'
  const dead = deadLayer(observation)
  return dead ? `: it has killed ${percent(dead.dead)} of the ReLUs of ${titleOf(observation, dead.layer)}` : ''
}

const deadLayer = (observation: RunObservation) => lastEpoch(observation)?.layers.find((layer) => layer.dead >= 0.8)
