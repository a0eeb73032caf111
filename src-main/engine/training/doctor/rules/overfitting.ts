import type { Fix } from '#contract/training.ts'
import { defineRule } from '../define-rule.ts'
import type { RunObservation } from '../observation.ts'
import { bestEpoch, digits, guessOf, lastEpoch, percent, scoreText, trainScore } from '../measures.ts'
import { dropoutFix } from '../remedies.ts'

const gap = 0.1
const rise = 1.05
const memorised = 0.995
const wideGap = 0.15
const enoughEpochs = 4

export default defineRule({
  id: 'overfitting', rank: 74,
  source: `Validation worsens while training improves (Prechelt 1998, Early Stopping, but when?: generalisation loss above 5 %). Flagged where training examples score ${percent(gap)} above validation (and twice its standard error) and the validation loss is ${percent(rise - 1)} above its best, or has not improved for half of the run while the training loss is a fifth of it, or all training examples are right at a twentieth of the validation loss and a gap of ${percent(wideGap)}.`,
  explains: ['plateau'],
  examine(observation) {
    const { epochs } = observation
    const last = lastEpoch(observation)
    const best = bestEpoch(observation)
    if (!last || !best || epochs.length < enoughEpochs) return []
    const score = trainScore(last)
    const { validation } = last
    const classes = observation.data.target.kind === 'classes'
    const error = classes ? Math.sqrt((validation.score * (1 - validation.score)) / Math.max(1, observation.data.validation)) : 0.02
    if (score - validation.score < Math.max(gap, 2 * error) || validation.score < guessOf(observation).score + guessOf(observation).margin) return []
    const risen = validation.loss > rise * best.validation.loss && best.epoch < last.epoch
    const stalled = best.validation.loss > 0.98 * (epochs[Math.floor(epochs.length / 2)]?.validation.loss ?? 0) && (last.trainProbe?.loss ?? last.train.loss) < 0.2 * validation.loss
    const byHeart = score >= memorised && score - validation.score >= wideGap && (last.trainProbe?.loss ?? last.train.loss) < 0.05 * validation.loss
    if (!risen && !stalled && !byHeart) return []
    return [{
      severity: 'warning', title: 'The network overfits: it learns the training examples by heart',
      evidence: `Training examples ${scoreText(observation, score)}, validation ${scoreText(observation, validation.score)}. The validation loss was lowest in epoch ${best.epoch} (${digits(best.validation.loss)}) and is ${digits(validation.loss)} now, the training loss ${digits(last.train.loss)}. ${observation.net.parameters} parameters learn from ${observation.data.train} examples.`,
      meaning: 'What the network still learns holds for the training examples alone. More examples help most; else augmentation, dropout, weight decay, or stopping at the best epoch (whose weights the run keeps).',
      fixes: fixesOf(observation, best.epoch),
    }]
  },
})

function fixesOf({ recipe, data }: RunObservation, best: number): Fix[] {
  const pictures = data.input.stds.length <= 4 && recipe.net.kind === 'notation' && /\dC\d/.test(recipe.net.text)
  const augments = recipe.augment.shift > 0 || recipe.augment.rotate > 0
  return [
    ...(pictures && !augments ? [{ id: 'augment-mild', title: 'Shift by up to 8 % and turn by up to 10°', changes: { augment: { shift: 0.08, rotate: 10 } } }] : []),
    ...dropoutFix(recipe, 0.5),
    { id: 'decay', title: 'Weight decay of 0.05 with AdamW', changes: { optimizer: { kind: 'adamw', rate: 0.001, weightDecay: 0.05 } } },
    { id: 'stop-early', title: `Stop after 2 epochs without a better validation loss (best was epoch ${best})`, changes: { patience: 2 } },
  ]
}
