/** Everything a run knows before its first step: examples, parts, standardisation, and what the loss is fed with. */
import { AppError } from '#contract/errors.ts'
import type { DataSummary, Recipe } from '#contract/training.ts'
import type { BatchOptions } from '../datasets/batches.ts'
import { openBatches } from '../datasets/batches.ts'
import type { BatchSource } from '../datasets/batches.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { classCounts, describeParts } from '../datasets/describe-dataset.ts'
import { loadDataset } from '../datasets/load-dataset.ts'
import { splitDataset } from '../datasets/split.ts'
import type { Parts } from '../datasets/split.ts'
import { standardizationOf, targetStandardizationOf } from '../datasets/standardize.ts'
import type { Standardization } from '../datasets/standardize.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { BuiltNetwork } from './network.ts'
import type { NetSource } from './net-source.ts'
import { classWeightsOf } from './targets.ts'
import type { TargetPlan } from './targets.ts'

export interface PreparedData {
  readonly recipe: Recipe
  readonly dataset: Dataset
  readonly parts: Parts
  readonly summary: DataSummary
  readonly standardization: Standardization
  readonly targetStandardization: Standardization | undefined
  readonly batchOptions: BatchOptions
  readonly batches: BatchSource
  /** Examples a step; less than the recipe's where the training part is smaller. */
  readonly batch: number
  readonly stepsPerEpoch: number
  readonly plan: TargetPlan
  /** Of classes. */
  readonly logPriors: readonly number[] | undefined
  /** Training examples by class, for the balanced sampler. */
  readonly byClass: readonly Int32Array[] | undefined
}

export type LoadData = typeof loadDataset

export interface PrepareControls {
  readonly runtime: Runtime
  readonly signal?: AbortSignal | undefined
  readonly load?: LoadData | undefined
  readonly onNote?: (note: string) => void
}

export async function prepareData(recipe: Recipe, source: NetSource, { runtime, signal, onNote, load = loadDataset }: PrepareControls): Promise<PreparedData> {
  const given = await load(recipe.data, {
    signal, seed: recipe.seed, size: source.size,
    onProgress: (done, total) => onNote?.(`Reading the data: ${done}${total === undefined ? '' : ` of ${total}`}`),
  })
  const dataset = source.adapt ? await source.adapt(given, { runtime, signal, onNote }) : given
  return prepareParts(recipe, source, dataset, splitDataset(dataset, recipe.split), given)
}

/** `given`: what `dataset` was made of, for people. */
export function prepareParts(recipe: Recipe, source: NetSource, dataset: Dataset, parts: Parts, given: Dataset = dataset): PreparedData {
  if (parts.train.length === 0) throw new AppError('data-invalid', `${dataset.name} has no training examples.`)
  if (parts.validation.length === 0) throw new AppError('data-invalid', `${dataset.name} has no examples to hold out: with ${dataset.count} there is nothing to judge a network by. Add examples or a validation folder.`)
  const standardization = standardizationOf(dataset, parts.train, source.standardize ?? recipe.standardize)
  const targetStandardization = targetStandardizationOf(dataset, parts.train)
  const batchOptions: BatchOptions = { dataset, standardization, targetStandardization, augment: recipe.augment, size: source.size }
  const batches = openBatches(batchOptions)
  const batch = Math.min(recipe.batch, parts.train.length)
  const counts = classCounts(dataset, parts.train)
  const plan = planOf(recipe, dataset, batches, source.build(batches.inputDims, 'inference', 'batch'), counts)
  return {
    recipe, dataset, parts, summary: describeParts(given, parts), standardization, targetStandardization, batchOptions, batches, batch, plan,
    stepsPerEpoch: Math.floor(parts.train.length / batch),
    // A class without examples counts as half of one.
    logPriors: plan.kind === 'classes' ? counts.map((count) => Math.log(Math.max(0.5, count) / parts.train.length)) : undefined,
    byClass: recipe.sampler === 'balanced' && plan.kind === 'classes' ? membersByClass(dataset, parts.train) : undefined,
  }
}

function planOf(recipe: Recipe, dataset: Dataset, batches: BatchSource, network: BuiltNetwork, counts: readonly number[]): TargetPlan {
  const { outputDims, inputDims } = network
  const { kind } = recipe.loss
  const forClasses = kind === 'cross-entropy' || kind === 'focal'
  if (outputDims.length > 1) {
    const same = outputDims.length === inputDims.length && outputDims.every((dim, axis) => dim === inputDims[axis])
    if (!same) throw new AppError('option-invalid', `The network ends in maps of [${outputDims.join(', ')}]. End it with ${batches.outputs} units for ${dataset.target.kind === 'classes' ? 'the classes' : 'the answers'}, or with maps of [${inputDims.join(', ')}] to give back its input.`)
    if (forClasses) throw new AppError('option-invalid', `A network that gives back its input is trained with 'squared-error' or 'huber', not with '${kind}'.`)
    return { kind: 'reconstruction', columns: batches.outputs, outputs: outputDims.reduce((product, dim) => product * dim, 1), classWeights: undefined }
  }
  const outputs = outputDims[0] ?? 0
  if (dataset.target.kind === 'numbers') {
    if (forClasses) throw new AppError('option-invalid', `The data's answers are numbers (${dataset.target.columns.slice(0, 4).join(', ')}); '${kind}' is for classes. Use 'squared-error' or 'huber'.`)
    if (outputs !== batches.outputs) throw new AppError('option-invalid', `The network ends in ${outputs} outputs; the data has ${batches.outputs} answers. End it with ${batches.outputs}.`)
    return { kind: 'numbers', columns: batches.outputs, outputs, classWeights: undefined }
  }
  const yesNo = kind === 'binary-cross-entropy' && outputs === 1 && batches.outputs === 2
  if (!yesNo && outputs !== batches.outputs) throw new AppError('option-invalid', `The network ends in ${outputs} ${outputs === 1 ? 'output' : 'outputs'}; the data has ${batches.outputs} classes. End it with ${batches.outputs}${batches.outputs === 2 ? ", or with 1 and the loss 'binary-cross-entropy'" : ''}.`)
  if (forClasses && batches.outputs < 2) throw new AppError('data-invalid', `${dataset.name} has one class only, '${dataset.target.labels[0] ?? ''}': there is nothing to tell apart.`)
  return { kind: 'classes', columns: batches.outputs, outputs, classWeights: classWeightsOf(recipe.loss, counts) }
}

function membersByClass({ target }: Dataset, train: Int32Array): Int32Array[] | undefined {
  if (target.kind === 'numbers') return undefined
  return target.labels.map((_, label) => train.filter((index) => target.classOf[index] === label))
}
