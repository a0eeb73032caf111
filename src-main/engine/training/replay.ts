/** What a run was at the end of an epoch, from its checkpoint: kernels, activations, answers. */
import { AppError } from '#contract/errors.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { splitDataset } from '../datasets/split.ts'
import type { Parts } from '../datasets/split.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { openBatches } from '../datasets/batches.ts'
import { standardizationOf, targetStandardizationOf } from '../datasets/standardize.ts'
import { takeRows } from '../datasets/take-part.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import { answeredRows, withWeights } from './evaluator.ts'
import { kernelsOf } from './kernels.ts'
import type { Kernels } from './kernels.ts'
import type { BuiltLayer } from './builder.ts'
import type { BuiltNetwork } from './network.ts'
import { openNetSource } from './net-source.ts'
import { networkOf } from './past-run.ts'
import type { LoadData } from './prepare.ts'
import { averageOf } from './step-graph.ts'
import { answersTensor, predictionsTensor } from './run-folder.ts'
import type { RunFolder } from './run-folder.ts'
import { weightsOf } from './trainer.ts'

/** Epoch 0: the weights before the first step. */
export async function kernelsAt(folder: RunFolder, epoch: number, layerId: string): Promise<Kernels> {
  const network = await networkOf(folder)
  const layer = layerOf(network, layerId)
  if (layer.kernel === undefined) throw new AppError('layer-invalid', `${layerId} has no kernels: it learns nothing.`)
  const initial = network.parameters.get(layer.kernel)
  const held = epoch === 0 ? undefined : (await folder.readCheckpoint(epoch)).tensors
  const tensor = held?.get(averageOf(layer.kernel)) ?? held?.get(layer.kernel)
  if (tensor) return kernelsOf(network, layer, tensor.dims, tensor.data as Float32Array)
  if (!initial) throw new AppError('layer-invalid', `${layerId} has no kernels at epoch ${epoch}.`)
  return kernelsOf(network, layer, initial.dims, new Float32Array(initial.bytes.slice().buffer))
}

export interface Activations { readonly dims: readonly number[]; readonly data: Float32Array }

/** Of one example of the data, by its index there. Only that one goes through an opened model, and what was measured of the rest is on record. */
export async function activationsAt(runtime: Runtime, folder: RunFolder, load: LoadData, { epoch, layer: layerId, example }: { readonly epoch: number; readonly layer: string; readonly example: number }, signal?: AbortSignal): Promise<Activations> {
  const recipe = await folder.readRecipe()
  const { standardization } = await folder.readRecord()
  const source = await openNetSource(recipe, runtime)
  const whole = await load(recipe.data, { seed: recipe.seed, size: source.size, signal })
  if (example >= whole.count) throw new AppError('option-invalid', `There is no example ${example}: the data has ${whole.count}.`)
  const one = takeRows(whole, Int32Array.of(example))
  const dataset = source.adapt ? await source.adapt(one, { runtime, signal }) : one
  const { mean, std } = standardization ?? standardizationOf(whole, splitDataset(whole, recipe.split).train, source.standardize ?? recipe.standardize)
  const batches = openBatches({ dataset, size: source.size, standardization: standardizationOf(dataset, new Int32Array(), { mean: [...mean], std: [...std] }) })
  const network = source.build(batches.inputDims, 'inference', 'batch')
  const layer = layerOf(network, layerId)
  const weights = epoch === 0 ? new Map() : weightsOf(network, (await folder.readCheckpoint(epoch)).tensors)
  const { graph, ...model } = withWeights(network.model, weights)
  const session = await runtime.open({ ...model, graph: { ...graph, outputs: [{ name: layer.output }] } }, { lane: 'main' })
  try {
    const { [layer.output]: tensor } = await session.run({ [network.input]: floatTensor([1, ...network.inputDims], batches.assemble([0], undefined).input) }, [layer.output])
    if (!tensor) throw new AppError('tensor-missing', `The network has no value '${layer.output}'.`)
    return { dims: tensor.dims.slice(1), data: tensor.data as Float32Array }
  } finally {
    await session.dispose()
  }
}

export interface Answered { readonly dataset: Dataset; readonly parts: Parts; readonly classOf: Int32Array; /** By validation example. */ readonly predicted: Int32Array }

/** The classes that validation examples were given at the end of an epoch. */
export async function answersAt(folder: RunFolder, load: LoadData, epoch: number, signal?: AbortSignal): Promise<Answered> {
  const recipe = await folder.readRecipe()
  const source = await openNetSource(recipe)
  const dataset = await load(recipe.data, { seed: recipe.seed, size: source.size, signal })
  if (dataset.target.kind !== 'classes') throw new AppError('option-invalid', 'Answers that are numbers are not right or wrong.')
  const { tensors } = await folder.readCheckpoint(epoch)
  const predicted = tensors.get(predictionsTensor)?.data
  const parts = splitDataset(dataset, recipe.split)
  if (!(predicted instanceof Int32Array) || predicted.length !== parts.validation.length) throw new AppError('data-invalid', `The data has changed since this run: epoch ${epoch} answered ${predicted?.length ?? 0} validation examples, and there are ${parts.validation.length} now.`)
  return { dataset, parts, classOf: dataset.target.classOf, predicted }
}

export interface NumberAnswers { readonly columns: readonly string[]; /** [rows, columns], in the data's own units. */ readonly actual: Float32Array; readonly predicted: Float32Array }

/** What was answered to some validation examples at the end of an epoch, where answers are numbers. */
export async function numbersAt(folder: RunFolder, load: LoadData, epoch: number, signal?: AbortSignal): Promise<NumberAnswers> {
  const recipe = await folder.readRecipe()
  const source = await openNetSource(recipe)
  const dataset = await load(recipe.data, { seed: recipe.seed, size: source.size, signal })
  const { target } = dataset
  const answers = (await folder.readCheckpoint(epoch)).tensors.get(answersTensor)?.data
  if (target.kind !== 'numbers' || !(answers instanceof Float32Array)) throw new AppError('option-invalid', 'This run answers with classes, or gives back its input: there are no numbers to compare.')
  const parts = splitDataset(dataset, recipe.split)
  const rows = answeredRows(parts.validation.length)
  const width = target.columns.length
  if (answers.length !== rows.length * width) throw new AppError('data-invalid', `The data has changed since this run: epoch ${epoch} answered ${answers.length / width} examples, and there are ${rows.length} now.`)
  const { mean, std } = targetStandardizationOf(dataset, parts.train) ?? { mean: [], std: [] }
  return {
    columns: target.columns,
    actual: Float32Array.from(answers, (_, at) => target.values[parts.validation[rows[Math.floor(at / width)]!]! * width + (at % width)]!),
    predicted: answers.map((answer, at) => answer * (std[at % width] ?? 1) + (mean[at % width] ?? 0)),
  }
}

function layerOf(network: BuiltNetwork, id: string): BuiltLayer {
  const layer = network.layers.find((each) => each.id === id)
  if (!layer) throw new AppError('layer-invalid', `There is no layer '${id}'. There are ${network.layers.map((each) => each.id).join(', ')}.`)
  return layer
}
