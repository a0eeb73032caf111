/** Short training runs on real data, with a failure planted in the recipe or in the data, and what the doctor says of them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding, Recipe, RunDetail } from '#contract/training.ts'
import { loadDataset } from '#engine/datasets/load-dataset.ts'
import { trainPart, validationPart } from '#engine/datasets/dataset.ts'
import type { Dataset } from '#engine/datasets/dataset.ts'
import { splitDataset } from '#engine/datasets/split.ts'
import { createRandom } from '#engine/lib/random.ts'
import type { Random } from '#engine/lib/random.ts'
import { createRuntime } from '#engine/runtime/create-runtime.ts'
import { changedRecipe } from '#engine/training/recipe.ts'
import { RunFolder } from '#engine/training/run-folder.ts'
import { TrainingRun } from '#engine/training/run.ts'

const runtime = createRuntime({ host: 'inline', device: 'cpu', threads: 1 })
export const closeShortRuns = (): Promise<void> => runtime.dispose()

type Changes = Parameters<typeof changedRecipe>[1]
export interface ShortRun {
  readonly recipe?: Changes
  /** What is done to the examples before training; `parts` of the data set says which are held out. */
  readonly plant?: Plant
}
export type Plant = (dataset: PartedDataset, random: Random) => PartedDataset
type PartedDataset = Dataset & { readonly parts: Uint8Array }

const plain: Recipe = {
  version: 1, name: 'short run', description: '', seed: 1, data: { kind: 'generator', name: 'digits', options: { count: 2400 } }, split: { train: 0.75, seed: 1 }, standardize: 'channel',
  augment: { shift: 0, rotate: 0, scale: 0, flipHorizontal: false, flipVertical: false, color: 0, erase: 0 }, net: { kind: 'notation', text: '64F 10' }, initialization: 'he', epochs: 8, batch: 50,
  loss: { kind: 'cross-entropy', classWeights: 'none', labelSmoothing: 0, logitAdjustment: 0, gamma: 2, delta: 1 },
  optimizer: { kind: 'adam', rate: 0.001, momentum: 0.9, weightDecay: 0, schedule: 'constant', warmup: 0, stepEpochs: 5, stepFactor: 0.5, clip: 0 }, sampler: 'shuffle', averaging: 0, patience: 0,
}
export const recipeOf = ({ recipe = {} }: ShortRun): Recipe => changedRecipe(plain, recipe)

/** `said`: ids of all findings that stood at some time of the run. */
export interface Examined { readonly findings: readonly Finding[]; readonly said: ReadonlySet<string>; readonly detail: RunDetail }

export async function examineShortRun(short: ShortRun, recipe = recipeOf(short)): Promise<Examined> {
  const path = await mkdtemp(join(tmpdir(), 'phosphene-short-run-'))
  try {
    const load: typeof loadDataset = async (source, controls) => {
      const dataset = await loadDataset(source, controls)
      return short.plant ? short.plant(parted(dataset, recipe), createRandom(recipe.seed + 100)) : dataset
    }
    const said = new Set<string>()
    const run = new TrainingRun({ runtime, recipe, folder: new RunFolder(path), load, onEvent: (event) => { if (event.type === 'findings') for (const { id } of event.findings) said.add(id) } })
    await run.start()
    const { state, error } = run.summary()
    // A loss that breaks down ends a run too; anything else is this test's own failure.
    if (state === 'failed' && run.findings.length === 0) throw new Error(error)
    return { findings: run.findings, said, detail: run.detail() }
  } finally {
    await rm(path, { recursive: true, force: true })
  }
}

function parted(dataset: Dataset, recipe: Recipe): PartedDataset {
  const parts = new Uint8Array(dataset.count).fill(validationPart)
  for (const index of splitDataset(dataset, recipe.split).train) parts[index] = trainPart
  return { ...dataset, parts }
}

/** The examples at these places, in this order. */
function selected(dataset: PartedDataset, indices: readonly number[]): PartedDataset {
  const { input, target, parts } = dataset
  const rows = <T extends Uint8Array | Float32Array>(values: T, width: number): T => {
    const result = values.slice(0, indices.length * width) as T
    indices.forEach((index, row) => result.set(values.subarray(index * width, (index + 1) * width), row * width))
    return result
  }
  return {
    ...dataset, count: indices.length, parts: Uint8Array.from(indices, (index) => parts[index]!),
    input: input.kind === 'pictures' ? { ...input, pixels: rows(input.pixels, input.channels * input.height * input.width) } : { ...input, values: rows(input.values, input.columns.length) },
    target: target.kind === 'classes' ? { ...target, classOf: Int32Array.from(indices, (index) => target.classOf[index]!) } : { ...target, values: rows(target.values, target.columns.length) },
  }
}

const placesOf = ({ parts }: PartedDataset, part: number): number[] => [...parts.keys()].filter((index) => parts[index] === part)

// --- plants ---------------------------------------------------------------------------------------------------------

/** Another label, drawn evenly, for a share of the examples. */
export const noisyLabels = (share: number): Plant => (dataset, random) => {
  const { target } = dataset
  if (target.kind !== 'classes') throw new Error('no classes')
  return { ...dataset, target: { ...target, classOf: target.classOf.map((label) => (random.chance(share) ? random.integer(0, target.labels.length - 1) : label)) } }
}

/** A share of the validation part is replaced by training examples. */
export const leaked = (share: number): Plant => (dataset, random) => {
  const train = placesOf(dataset, trainPart)
  const validation = placesOf(dataset, validationPart)
  const seen = validation.slice(0, Math.round(share * validation.length))
  const copies = seen.map(() => train[random.integer(0, train.length - 1)]!)
  const result = selected(dataset, [...train, ...copies, ...validation.slice(seen.length)])
  result.parts.fill(validationPart, train.length)
  return result
}

/** Keeps of each class a share of its examples, in both parts or as said; at least two. */
export const imbalanced = (shares: Readonly<Record<number, number>>, heldOut = shares): Plant => (dataset) => {
  const { target } = dataset
  if (target.kind !== 'classes') throw new Error('no classes')
  const thinned = (places: readonly number[], kept: Readonly<Record<number, number>>): number[] => {
    const totals = new Map<number, number>()
    for (const index of places) totals.set(target.classOf[index]!, (totals.get(target.classOf[index]!) ?? 0) + 1)
    const seen = new Map<number, number>()
    return places.filter((index) => {
      const label = target.classOf[index]!
      const count = seen.get(label) ?? 0
      seen.set(label, count + 1)
      return count < Math.max(2, Math.round((kept[label] ?? 1) * totals.get(label)!))
    })
  }
  return selected(dataset, [...thinned(placesOf(dataset, trainPart), shares), ...thinned(placesOf(dataset, validationPart), heldOut)])
}

/** So many to train on; all of the held-out part, or what is kept of it. */
export const fewExamples = (count: number, keepsHeldOut: (index: number) => boolean = () => true): Plant => (dataset, random) =>
  selected(dataset, [...random.shuffle(placesOf(dataset, trainPart)).slice(0, count), ...placesOf(dataset, validationPart).filter(keepsHeldOut)])
