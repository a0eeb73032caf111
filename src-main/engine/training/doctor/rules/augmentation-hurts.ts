import type { Augment } from '#contract/training.ts'
import { defineRule } from '../define-rule.ts'
import { labelOf, lastEpoch, neighborScore, percent, trainScore } from '../measures.ts'
import { noAugmentFix } from '../remedies.ts'

const enoughEpochs = 3
/** A score below this, where no neighbours say what is possible, counts as low. */
const low = 0.85
const gap = 0.15
/** Two classes that are taken for each other, both ways, and far more than others: what turning a 6 into a 9 does, and perhaps a 2 into a 5. */
const mistakenBothWays = 0.04
const timesOthers = 3
/** Beyond what the papers on each kind use: 10 to 30 degrees, 4 pixels of 32, a square of half the side. */
const limits = { rotate: 45, shift: 0.25, scale: 0.5, erase: 0.5, color: 0.6 } as const

export default defineRule({
  id: 'augmentation-hurts', rank: 8,
  source: `Random changes must keep what a picture means and near what will be met (Shorten and Khoshgoftaar 2019, doi 10.1186/s40537-019-0197-0; Cutout: DeVries and Taylor 2017, arXiv:1708.04552, erases half the side). Flagged from epoch ${enoughEpochs} on where the network stays below plain nearest neighbours (or ${percent(low)}) on unchanged training pictures, and a change is beyond ${limits.rotate}°, ${limits.shift}, ${limits.scale} or vertical, or changed pictures score ${percent(gap)} worse; or where pictures are turned upside down and two classes are taken for each other in ${percent(mistakenBothWays)} of cases both ways, ${timesOthers} times more than others.`,
  explains: ['underfitting', 'plateau', 'no-better-than-guessing', 'constant-answer', 'class-given-up', 'dead-relus'],
  examine(observation) {
    const { recipe: { augment }, epochs, finished, data } = observation
    const last = lastEpoch(observation)
    if (!last || !isAugmenting(augment) || data.target.kind === 'numbers' || (epochs.length < enoughEpochs && !finished)) return []
    const possible = neighborScore(observation)
    const score = trainScore(last)
    const strong = strongOf(augment)
    const worse = last.augmentedProbe ? last.validation.score - last.augmentedProbe.score : 0
    const held = score < (possible === undefined ? low : possible - 0.03) && score - last.validation.score <= 0.1 && (strong.length > 0 || worse >= gap)
    const mistaken = isUpsideDown(augment) ? mutuallyMistaken(last.validation.confusion) : undefined
    if (!held && !mistaken) return []
    return [{
      severity: 'warning', title: `The augmentation hurts${strong.length > 0 ? `: ${strong.join(', ')}` : ''}`,
      evidence: `On training pictures as they are the network is right in ${percent(score)} of cases after ${epochs.length} epochs${possible === undefined ? '' : `; plain nearest neighbours are in ${percent(possible)}`}. ${last.augmentedProbe ? `Validation pictures: ${percent(last.validation.score)} as they are, ${percent(last.augmentedProbe.score)} when changed as in training.` : ''}${mistaken ? ` '${labelOf(observation, mistaken[0])}' and '${labelOf(observation, mistaken[1])}' are taken for each other in ${percent(mistaken[2])} of cases.` : ''}`,
      meaning: 'The random changes make pictures that no longer show what their label says (a 6 turned upside down is a 9), or that are so unlike the real ones that the network spends itself on them.',
      fixes: [noAugmentFix, { id: 'augment-milder', title: 'Change pictures less: a shift of 8 %, 10° of rotation, 10 % of scale, no vertical flips', changes: { augment: { shift: Math.min(augment.shift, 0.08), rotate: Math.min(augment.rotate, 10), scale: Math.min(augment.scale, 0.1), erase: Math.min(augment.erase, 0.25), color: Math.min(augment.color, 0.2), flipVertical: false } } }],
    }]
  },
})

const isAugmenting = ({ shift, rotate, scale, flipHorizontal, flipVertical, color, erase }: Augment): boolean => shift > 0 || rotate > 0 || scale > 0 || flipHorizontal || flipVertical || color > 0 || erase > 0

const isUpsideDown = ({ rotate, flipVertical }: Augment): boolean => flipVertical || rotate > 90

function mutuallyMistaken(confusion: readonly (readonly number[])[]): readonly [number, number, number] | undefined {
  const rate = (actual: number, predicted: number): number => confusion[actual]![predicted]! / Math.max(1, confusion[actual]!.reduce((sum, count) => sum + count, 0))
  const pairs = confusion.flatMap((_, a) => confusion.slice(a + 1).map((__, offset) => [a, a + 1 + offset] as const)).map(([a, b]) => [a, b, Math.min(rate(a, b), rate(b, a))] as const).sort((first, second) => second[2] - first[2])
  const [worst, , third] = pairs
  return worst && third && worst[2] >= mistakenBothWays && worst[2] > timesOthers * third[2] ? [worst[0], worst[1], (rate(worst[0], worst[1]) + rate(worst[1], worst[0])) / 2] : undefined
}

const strongOf = (augment: Augment): string[] => [
  ...(augment.rotate > limits.rotate ? [`rotation by up to ${augment.rotate}°`] : []),
  ...(augment.flipVertical ? ['pictures upside down'] : []),
  ...(augment.shift > limits.shift ? [`shifts by up to ${percent(augment.shift)}`] : []),
  ...(augment.scale > limits.scale ? [`scales changed by up to ${percent(augment.scale)}`] : []),
  ...(augment.erase > limits.erase ? [`squares of up to ${percent(augment.erase)} of the side erased`] : []),
  ...(augment.color > limits.color ? [`colours changed by up to ${percent(augment.color)}`] : []),
]
