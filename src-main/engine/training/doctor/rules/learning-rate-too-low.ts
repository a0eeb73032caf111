import { defineRule } from '../define-rule.ts'
import { digits, guessOf, judged, largest, lastEpoch, median, peakRatios, percent, recentLoss, startLoss, trainScore, usualRatios } from '../measures.ts'
import { rateFix, usualRate } from '../remedies.ts'

/** Of |update| / |weight|, the layer that moves most, over the first half of the run. */
const small = 1e-3
/** It has been fast at some time: then that is not what is wrong. */
const moved = 0.1
const stillHigh = 0.3
const unmoved = 0.1
const stillFalling = 0.01
const learned = 0.95
const wanted = 0.005
const clippedTimes = 10

export default defineRule({
  id: 'learning-rate-too-low', rank: 44,
  source: `An update should be about a thousandth of its weights (Karpathy, CS231n, Neural Networks part 3). Flagged where even the layer that moves most stays below ${small}, the loss is above ${stillHigh} of the first and is within ${percent(unmoved)} of a guess’s or still falling steadily.`,
  explains: ['update-ratio', 'no-better-than-guessing', 'constant-answer', 'class-given-up', 'underfitting', 'plateau', 'majority-share', 'augmentation-hurts'],
  examine(observation) {
    const { recipe, steps, epochs } = observation
    const last = lastEpoch(observation)
    const ratio = largest(usualRatios(observation, 0.5))?.[1]
    if (!last || !ratio || !judged(observation) || ratio >= small || (largest(peakRatios(observation))?.[1] ?? 0) > moved || trainScore(last) > learned) return []
    const recent = recentLoss(observation)
    const start = startLoss(observation)
    const before = epochs.at(-1 - Math.max(1, Math.floor(epochs.length / 3)))
    const falling = before !== undefined && last.train.loss < (1 - stillFalling) * before.train.loss
    const still = recent > (1 - unmoved) * (guessOf(observation).trainLoss ?? start)
    if (!(recent > stillHigh * start) || !(still || falling)) return []
    const gradient = median(steps.map(({ gradientNorm }) => gradientNorm))
    const { clip } = recipe.optimizer
    const clipped = clip > 0 && gradient > clippedTimes * clip
    const better = Math.min(recipe.optimizer.rate * Math.min(1e5, wanted / ratio), Math.max(usualRate(recipe), 10 * recipe.optimizer.rate))
    return [{
      severity: still ? 'critical' : 'warning', title: clipped ? `The updates are too small: gradients are cut to ${digits(clip)}` : `The learning rate of ${digits(recipe.optimizer.rate)} is too low`,
      evidence: `Updates change even the fastest layer by only ${digits(100 * ratio)} % a step; 0.1 to 1 % is usual. After ${steps.length} steps the loss went from ${digits(start)} to ${digits(recent)}${falling ? ' and is still falling' : ''}.${clipped ? ` Gradients have a norm of ${digits(gradient)} before they are cut to ${digits(clip)}.` : ''}`,
      meaning: 'The network moves in the right direction, but so slowly that it would need many times as many epochs.',
      fixes: [...(clipped ? [{ id: 'clip-none', title: 'Leave the gradients’ norm alone', changes: { optimizer: { clip: 0 } } }] : []), rateFix(recipe, better)],
    }]
  },
})
