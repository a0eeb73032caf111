/** Which examples are trained on and which are held out. */
import type { Split } from '#contract/training.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import type { Dataset } from './dataset.ts'
import { trainPart } from './dataset.ts'
import { duplicatesAcross } from './duplicates.ts'

export interface Parts { readonly train: Int32Array; readonly validation: Int32Array }

/**
 * Indices of examples, ascending. Where the source says which part an example belongs to, that holds; otherwise a share of
 * every class (of all examples, where answers are numbers), the same for the same seed.
 */
export function splitDataset({ count, parts, target, input }: Pick<Dataset, 'count' | 'parts' | 'target'> & Partial<Pick<Dataset, 'input'>>, split: Split): Parts {
  const training = parts ? Uint8Array.from(parts, (part) => Number(part === trainPart)) : new Uint8Array(count)
  if (!parts) {
    const strata = target.kind === 'classes' ? byClass(target.classOf, target.labels.length) : [Array.from({ length: count }, (_, index) => index)]
    const shares = sharesOf(strata.map(({ length }) => length), split.train)
    strata.forEach((members, stratum) => {
      for (const index of createRandom(streamSeed(split.seed, stratum)).shuffle(members).slice(0, shares[stratum])) training[index] = 1
    })
  }
  const train = new Int32Array(training.reduce((sum, flag) => sum + flag, 0))
  const validation = new Int32Array(count - train.length)
  for (let index = 0, toTrain = 0, toValidation = 0; index < count; index++) {
    if (training[index] === 1) train[toTrain++] = index
    else validation[toValidation++] = index
  }
  return input && split.withoutDuplicates ? { train, validation: withoutDuplicates(input, { train, validation }) } : { train, validation }
}

function withoutDuplicates(input: Dataset['input'], parts: Parts): Int32Array {
  const seen = new Set(duplicatesAcross({ input }, parts).map(([index]) => index))
  return parts.validation.filter((index) => !seen.has(index))
}

function byClass(classOf: Int32Array, classes: number): number[][] {
  const members = Array.from({ length: classes }, (): number[] => [])
  classOf.forEach((label, index) => members[label]?.push(index))
  return members
}

/** How many of each stratum are trained on: the total is right (largest remainders), and a stratum of two or more has some on either side. */
function sharesOf(sizes: readonly number[], share: number): number[] {
  const counts = sizes.map((size) => Math.floor(size * share))
  const wanted = Math.round(sizes.reduce((sum, size) => sum + size, 0) * share)
  const byRemainder = sizes.map((size, stratum) => ({ stratum, remainder: size * share - Math.floor(size * share) })).sort((a, b) => b.remainder - a.remainder || a.stratum - b.stratum)
  for (const { stratum } of byRemainder.slice(0, Math.max(0, wanted - counts.reduce((sum, count) => sum + count, 0)))) counts[stratum]!++
  return counts.map((count, stratum) => (sizes[stratum]! < 2 ? sizes[stratum]! : Math.min(sizes[stratum]! - 1, Math.max(1, count))))
}
