/** Any model on any data: how often it is right, or how far off. */
import type { Preprocessing } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import type { Metrics } from '#contract/training.ts'
import { throwIfCancelled } from '../lib/cancel.ts'
import { openBatches } from '../datasets/batches.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import type { Network } from '../network/network.ts'
import { inputTensor, isInverted } from '../preprocessing/apply.ts'
import { describeTask } from '../preprocessing/model-task.ts'
import { findPictureInput } from '../preprocessing/picture-input.ts'
import type { PictureInput } from '../preprocessing/picture-input.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import { Tally } from './metrics.ts'
import type { TargetPlan } from './targets.ts'

export interface ModelEvaluation {
  readonly examples: number
  readonly labels: readonly string[]
  readonly metrics: Metrics
  /** Of numbers: the mean distance from the right answer, in its own units, by column. */
  readonly meanAbsoluteError: readonly number[]
}

export interface EvaluateOptions {
  readonly indices: Int32Array
  /** Of a model that takes pictures. */
  readonly preprocessing: Preprocessing | undefined
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: (done: number, total: number) => void
}

const examplesAtOnce = 64

export async function evaluateModel(network: Network, dataset: Dataset, { indices, preprocessing, signal, onProgress }: EvaluateOptions): Promise<ModelEvaluation> {
  const output = preprocessing?.outputTensor ?? describeTask(network).output ?? network.outputs[0]
  if (output === undefined) throw new AppError('model-unsupported', 'This model has no output.')
  const feeds = feeder(network, dataset, preprocessing)
  const probabilities = preprocessing ? preprocessing.output === 'probabilities' : describeTask(network).holds === 'probabilities'
  const labels = dataset.target.kind === 'classes' ? dataset.target.labels : []
  const columns = dataset.target.kind === 'classes' ? labels.length : dataset.target.columns.length
  const errors = new Float64Array(dataset.target.kind === 'numbers' ? columns : 0)
  let tally: Tally | undefined
  for (let start = 0; start < indices.length; start += examplesAtOnce) {
    throwIfCancelled(signal)
    const some = indices.subarray(start, start + examplesAtOnce)
    const { [output]: answer } = await network.forward(feeds(some), [output], signal ? { signal } : {})
    if (!answer) throw new AppError('tensor-missing', `The model has no output '${output}'.`)
    const width = answer.data.length / some.length
    const plan: TargetPlan = { kind: dataset.target.kind, columns, outputs: width, classWeights: undefined }
    const places = placesOf(dataset, preprocessing?.labels ?? [], width)
    tally ??= new Tally({ ...plan, outputs: places?.length ?? width }, { kind: lossKind(dataset, width), classWeights: 'none', labelSmoothing: 0, logitAdjustment: 0, gamma: 0, delta: 1 })
    const scores = scoresOf(Float32Array.from(answer.data as ArrayLike<number>), some.length, width, places, probabilities)
    const targets = targetsOf(dataset, some, columns)
    tally.add(scores, targets, some.length)
    for (let at = 0; at < targets.length && errors.length > 0; at++) errors[at % columns]! += Math.abs(scores[at]! - targets[at]!)
    onProgress?.(Math.min(indices.length, start + examplesAtOnce), indices.length)
  }
  if (!tally) throw new AppError('data-invalid', `${dataset.name} has no examples to judge by.`)
  return { examples: indices.length, labels, metrics: tally.metrics(), meanAbsoluteError: Array.from(errors, (sum) => sum / indices.length) }
}

/** A yes or no is one column. */
const lossKind = ({ target }: Dataset, width: number) => (target.kind === 'numbers' ? 'squared-error' as const : width === 1 ? 'binary-cross-entropy' as const : 'cross-entropy' as const)

/** Where in the model's answer the data's classes stand: by name where the model names its own, else in their order. */
function placesOf({ target }: Dataset, named: readonly string[], width: number): readonly number[] | undefined {
  if (target.kind === 'numbers' || (width === 1 && target.labels.length === 2)) return undefined
  const plain = (text: string): string => text.trim().toLowerCase()
  const byName = target.labels.map((label) => named.findIndex((name) => plain(name) === plain(label)))
  if (named.length === width && byName.every((place) => place >= 0)) return byName
  if (target.labels.length > width) throw new AppError('data-invalid', `The data has ${target.labels.length} classes (${target.labels.slice(0, 3).join(', ')} …); the model answers with ${width} numbers.`)
  return target.labels.map((_, index) => index)
}

/** As logits, which the loss is computed from. */
function scoresOf(answer: Float32Array, rows: number, width: number, places: readonly number[] | undefined, probabilities: boolean): Float32Array {
  const logit = (value: number): number => {
    if (!probabilities) return value
    const share = Math.min(1 - 1e-7, Math.max(1e-7, value))
    return places ? Math.log(share) : Math.log(share / (1 - share))
  }
  if (!places) return answer.map(logit)
  return Float32Array.from({ length: rows * places.length }, (_, at) => logit(answer[Math.floor(at / places.length) * width + places[at % places.length]!]!))
}

function targetsOf({ target }: Dataset, indices: Int32Array, columns: number): Float32Array {
  const targets = new Float32Array(indices.length * columns)
  indices.forEach((index, row) => {
    if (target.kind === 'classes') targets[row * columns + target.classOf[index]!] = 1
    else targets.set(target.values.subarray(index * columns, (index + 1) * columns), row * columns)
  })
  return targets
}

function feeder(network: Network, dataset: Dataset, preprocessing: Preprocessing | undefined): (indices: Int32Array) => Record<string, HostTensor> {
  const { input } = dataset
  if (input.kind === 'numbers') {
    const [first] = network.inputs
    const columns = input.columns.length
    const wanted = first?.dims.slice(1).reduce((product, dim) => product * dim, 1)
    if (!first || wanted !== columns) throw new AppError('shape-mismatch', `The data has ${columns} columns of input; the model takes ${wanted ?? 'nothing'}.`)
    return (indices) => ({ [first.name]: floatTensor([indices.length, ...first.dims.slice(1)], Float32Array.from({ length: indices.length * columns }, (_, at) => input.values[indices[Math.floor(at / columns)]! * columns + (at % columns)]!)) })
  }
  const picture = findPictureInput(network.inputs)
  if (!picture || !preprocessing) throw new AppError('preprocessing-invalid', 'The data are pictures; this model takes none.')
  const channels = input.channels
  const batches = openBatches({ dataset, standardization: { mean: Array.from({ length: channels }, () => 0), std: Array.from({ length: channels }, () => 1) }, size: { height: picture.height, width: picture.width } })
  const length = picture.channels * picture.height * picture.width
  return (indices) => {
    const display = batches.assemble(indices, undefined).input
    const fed = new Float32Array(indices.length * length)
    for (let row = 0; row < indices.length; row++) fed.set(onePicture(display, row, channels, picture, preprocessing), row * length)
    return { [picture.name]: { dataType: 'float32', dims: [indices.length, ...picture.dims.slice(1)], data: fed } }
  }
}

function onePicture(display: Float32Array, row: number, channels: number, picture: PictureInput, preprocessing: Preprocessing): Float32Array {
  const plane = picture.height * picture.width
  const own = display.subarray(row * channels * plane, (row + 1) * channels * plane)
  const shown = channels === picture.channels ? own : channels === 1 ? Float32Array.from({ length: 3 * plane }, (_, at) => own[at % plane]!) : Float32Array.from({ length: plane }, (_, at) => 0.299 * own[at]! + 0.587 * own[plane + at]! + 0.114 * own[2 * plane + at]!)
  const fitted = floatTensor([1, picture.channels, picture.height, picture.width], shown)
  return inputTensor(fitted, picture, preprocessing, isInverted(preprocessing, fitted)).data as Float32Array
}

/** A picture of the data, to guess a model's preprocessing by. */
export function pixelsOfExample({ input }: Dataset, index: number): Pixels {
  if (input.kind !== 'pictures') throw new AppError('data-invalid', 'The data are numbers, not pictures.')
  const { channels, height, width, pixels } = input
  const length = channels * height * width
  const own = pixels.subarray(index * length, (index + 1) * length)
  return pixelsOf(width, height, channels === 3 ? own.slice() : Uint8Array.from({ length: 3 * own.length }, (_, at) => own[Math.floor(at / 3)]!))
}
