/** Single examples, for people to look at. */
import type { Augment, Example } from '#contract/training.ts'
import { encodePng } from '../images/encode.ts'
import { blobOf } from '../lib/blob.ts'
import { createRandom, streamSeed } from '../lib/random.ts'
import { openBatches } from './batches.ts'
import type { Dataset, PictureInput } from './dataset.ts'
import type { Parts } from './split.ts'

export interface ExampleChoice {
  /** Only of this class. */
  readonly label?: number | undefined
  readonly part?: 'train' | 'validation' | undefined
  /** The first of the draw, from 0. */
  readonly first?: number | undefined
  readonly count: number
  /** Pictures of the training part as a run would see them. */
  readonly augment?: Augment | undefined
  readonly seed: number
}

/** A stretch of the examples in random order; the same for the same seed, whatever the augmentation. */
export async function pickExamples(dataset: Dataset, { train, validation }: Parts, { label, part, first = 0, count, augment, seed }: ExampleChoice): Promise<Example[]> {
  const { target } = dataset
  const fits = (index: number): boolean => label === undefined || (target.kind === 'classes' && target.classOf[index] === label)
  const pool = [
    ...(part === 'validation' ? [] : Array.from(train, (index) => ({ index, part: 'train' as const }))),
    ...(part === 'train' ? [] : Array.from(validation, (index) => ({ index, part: 'validation' as const }))),
  ].filter(({ index }) => fits(index))
  const chosen = createRandom(seed).shuffle(pool).slice(first, first + count)
  return await Promise.all(chosen.map(async ({ index, part: from }) => await exampleOf(dataset, index, from, { augment, seed })))
}

export async function exampleOf(dataset: Dataset, index: number, part: Example['part'], { augment, seed }: Partial<Pick<ExampleChoice, 'augment' | 'seed'>> = {}): Promise<Example> {
  const { input } = dataset
  const common = { index, part, label: answerOf(dataset, index), origin: dataset.origin(index) }
  if (input.kind === 'numbers') return { ...common, numbers: Array.from(input.values.subarray(index * input.columns.length, (index + 1) * input.columns.length)) }
  const bytes = augment && part === 'train' ? augmentedBytes(dataset, input, index, augment, seed ?? 0) : ownBytes(input, index)
  return { ...common, picture: blobOf(await encodePng({ width: input.width, height: input.height, data: bytes }), 'image/png') }
}

/** The class, or "12.5 miles"-like numbers: three of them at most. */
export function answerOf({ target }: Pick<Dataset, 'target'>, index: number): string {
  if (target.kind === 'classes') return target.labels[target.classOf[index]!] ?? String(target.classOf[index])
  const shown = target.columns.slice(0, 4).map((column, at) => `${target.columns.length > 1 ? `${column} ` : ''}${Number(target.values[index * target.columns.length + at]!.toPrecision(5))}`)
  return shown.join(', ') + (target.columns.length > 4 ? ', …' : '')
}

/** RGB interleaved. */
function ownBytes({ channels, height, width, pixels }: PictureInput, index: number): Uint8Array {
  const length = channels * height * width
  const own = pixels.subarray(index * length, (index + 1) * length)
  return channels === 3 ? own.slice() : Uint8Array.from({ length: 3 * length }, (_, at) => own[Math.floor(at / 3)]!)
}

/** Erased parts are grey, as the mean that stands for them. */
function augmentedBytes(dataset: Dataset, { channels, height, width }: PictureInput, index: number, augment: Augment, seed: number): Uint8Array {
  const half = Array.from({ length: channels }, () => 0.5)
  const { input } = openBatches({ dataset, augment, standardization: { mean: half, std: half } }).assemble([index], streamSeed(seed, index))
  const plane = height * width
  return new Uint8Array(Uint8ClampedArray.from({ length: 3 * plane }, (_, at) => (input[(channels === 3 ? at % 3 : 0) * plane + Math.floor(at / 3)]! * 0.5 + 0.5) * 255))
}
