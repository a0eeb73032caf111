/** Examples as the network's feeds: augmented, standardised, planar; answers one-hot or standardised. */
import { invariant } from '#contract/errors.ts'
import type { Augment } from '#contract/training.ts'
import { createRandom } from '../lib/random.ts'
import type { Random } from '../lib/random.ts'
import { moveGeometry } from './augment/move-geometry.ts'
import { copyPlanes, eraseSquare, movePlanes, samplePlanes } from './augment/sample.ts'
import type { Levels } from './augment/sample.ts'
import { drawTransform, isActive, resizing } from './augment/transform.ts'
import type { Extent, Transform } from './augment/transform.ts'
import type { Dataset, NumberInput, PictureInput } from './dataset.ts'
import { inputDimsOf, outputsOf } from './dataset.ts'
import type { PictureSize } from './define-format.ts'
import type { Standardization } from './standardize.ts'

export interface BatchOptions {
  readonly dataset: Pick<Dataset, 'input' | 'target'>
  readonly standardization: Standardization
  /** Of answers that are numbers; as they are where absent. */
  readonly targetStandardization?: Standardization | undefined
  readonly augment?: Augment | undefined
  /** Pictures are brought to this extent (bilinear); their own where absent. */
  readonly size?: PictureSize | undefined
}

export interface Batch {
  /** [n, channels, height, width] or [n, columns] */
  readonly input: Float32Array
  /** One-hot [n, classes], or [n, columns]. */
  readonly target: Float32Array
}

export interface BatchSource {
  /** Behind the batch axis. */
  readonly inputDims: readonly number[]
  readonly outputs: number
  /** Examples by their index in the data set. With a seed pictures are augmented, the same for the same seed; without one they are left as they are. */
  assemble(indices: ArrayLike<number>, seed: number | undefined): Batch
}

export function openBatches(options: BatchOptions): BatchSource {
  const { dataset, standardization, targetStandardization, size } = options
  const { input, target } = dataset
  const outputs = outputsOf(dataset)
  const result = input.kind === 'pictures' ? extentOf(input, size) : undefined
  const inputDims = input.kind === 'pictures' && result ? [input.channels, result.height, result.width] : inputDimsOf(dataset)
  const length = inputDims.reduce((product, dim) => product * dim, 1)
  const channels = inputDims[0]!
  invariant(standardization.mean.length === channels && standardization.std.length === channels, `standardisation of ${standardization.mean.length} values for ${channels} channels or columns`)
  const fill = input.kind === 'pictures' && result ? pictureFiller(input, result, options) : numberFiller(input as NumberInput, standardization)
  const { mean: targetMean, std: targetStd } = targetStandardization ?? { mean: new Float64Array(outputs), std: new Float64Array(outputs).fill(1) }

  return {
    inputDims, outputs,
    assemble(indices, seed) {
      const batch = { input: new Float32Array(indices.length * length), target: new Float32Array(indices.length * outputs) }
      const random = seed === undefined ? undefined : createRandom(seed)
      for (let position = 0; position < indices.length; position++) {
        const index = indices[position]!
        const transform = fill(index, batch.input, position * length, random)
        if (target.kind === 'classes') {
          batch.target[position * outputs + target.classOf[index]!] = 1
          continue
        }
        const row = batch.target.subarray(position * outputs, (position + 1) * outputs)
        row.set(target.values.subarray(index * outputs, (index + 1) * outputs))
        if (transform && target.geometry && input.kind === 'pictures' && result) moveGeometry(row, target.geometry, transform.inverse, input, result)
        for (let column = 0; column < outputs; column++) row[column] = (row[column]! - targetMean[column]!) / targetStd[column]!
      }
      return batch
    },
  }
}

/** Writes one example; returns what was done to its picture. */
type Filler = (index: number, into: Float32Array, to: number, random: Random | undefined) => Transform | undefined

function numberFiller({ columns, values }: NumberInput, { mean, std }: Standardization): Filler {
  return (index, into, to) => {
    for (let column = 0, at = index * columns.length; column < columns.length; column++) into[to + column] = (values[at + column]! - mean[column]!) / std[column]!
    return undefined
  }
}

function pictureFiller(picture: PictureInput, result: Extent, { standardization: { mean, std }, augment }: BatchOptions): Filler {
  const { channels, height, width, pixels: source } = picture
  const plain: Levels = { factors: Float64Array.from(std, (deviation) => 1 / (255 * deviation)), offsets: Float64Array.from(mean, (value, channel) => -value / std[channel]!) }
  const sameExtent = result.height === height && result.width === width
  const resize = resizing(picture, result)
  return (index, into, to, random) => {
    const planes = { source, from: index * height * width * channels, into, to, channels, levels: plain }
    if (!random || !isActive(augment)) {
      if (sameExtent) copyPlanes(planes, height * width)
      else samplePlanes(planes, resize, picture, result)
      return undefined
    }
    const transform = drawTransform(random, augment, channels, picture, result)
    const levels = augment.color > 0 ? { factors: plain.factors.map((factor, channel) => factor * transform.gains[channel]!), offsets: plain.offsets } : plain
    if (transform.exact) movePlanes({ ...planes, levels }, transform.inverse, picture)
    else samplePlanes({ ...planes, levels }, transform.inverse, picture, result)
    if (transform.erased) eraseSquare(into, to, channels, result, transform.erased)
    return transform
  }
}

export function extentOf(own: Extent, size: PictureSize | undefined): Extent {
  if (size === undefined) return { height: own.height, width: own.width }
  return typeof size === 'number' ? { height: size, width: size } : size
}
