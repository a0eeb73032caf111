/** A fitted picture to the tensors that the engine computes with, and back. */
import type { Normalization, Preprocessing } from '#contract/preprocessing.ts'
import { AppError } from '#contract/errors.ts'
import { luma, pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { elementCount, tensorOfNumbers, typedArrayOf } from '../onnx/tensor-data.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor, HostTensor } from '../runtime/host-tensor.ts'
import type { PictureInput } from './picture-input.ts'

/** Display space: [1, 3, H, W] RGB in 0..1, or [1, 1, H, W] luma for a grey model. */
export function displayTensor({ width, height, data }: Pixels, grey: boolean): FloatTensor {
  const plane = width * height
  const values = new Float32Array(plane * (grey ? 1 : 3))
  for (let pixel = 0, from = 0; pixel < plane; pixel++, from += 3) {
    if (grey) values[pixel] = luma(data[from]!, data[from + 1]!, data[from + 2]!) / 255
    else for (let channel = 0; channel < 3; channel++) values[channel * plane + pixel] = data[from + channel]! / 255
  }
  return floatTensor([1, grey ? 1 : 3, height, width], values)
}

/** A display tensor as a picture: clamped to 0..1, grey repeated over the channels. Batch entry 0. */
export function pixelsOfDisplay(display: FloatTensor): Pixels {
  const [, channels = 1, height = 1, width = 1] = display.dims
  const plane = width * height
  const data = new Uint8ClampedArray(plane * 3)
  for (let pixel = 0; pixel < plane; pixel++)
    for (let channel = 0; channel < 3; channel++) data[pixel * 3 + channel] = display.data[(channels === 1 ? 0 : channel) * plane + pixel]! * 255
  return pixelsOf(width, height, new Uint8Array(data.buffer))
}

/** Mean brightness of the outermost pixels, 0..1: what a picture's background is, where it has one. */
export function borderBrightness(display: FloatTensor): number {
  const [, channels = 1, height = 1, width = 1] = display.dims
  let sum = 0, count = 0
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      const step = row === 0 || row === height - 1 ? 1 : Math.max(1, width - 1)
      for (let column = 0; column < width; column += step, count++) sum += display.data[(channel * height + row) * width + column]!
    }
  }
  return sum / count
}

/** Whether the record asks for this picture to be shown inverted: it wants light on dark, and the picture's border is light. */
export const isInverted = ({ invert }: Pick<Preprocessing, 'invert'>, display: FloatTensor): boolean => invert && borderBrightness(display) > 0.5

/** The tensor to feed, from display space: channel order, inversion, range, layout, element type, and the input's own rank. */
export function inputTensor(display: FloatTensor, input: PictureInput, normalization: Normalization, inverted = false): HostTensor {
  const [, channels = 1, height = 1, width = 1] = display.dims
  if (height !== input.height || width !== input.width || channels !== input.channels)
    throw new AppError('shape-mismatch', `A picture of ${channels} × ${height} × ${width} was given to the input '${input.name}', which takes ${input.channels} × ${input.height} × ${input.width}.`)
  const plane = height * width
  const values = new Float32Array(plane * channels)
  for (let channel = 0; channel < channels; channel++) {
    const source = (normalization.channels === 'BGR' ? channels - 1 - channel : channel) * plane
    const std = normalization.std[channel] ?? normalization.std[0] ?? 1
    // (s p - m) / d = p (s / d) - m / d; for an inverted picture p is 1 - q.
    const gain = normalization.scale / std
    const offset = -(normalization.mean[channel] ?? normalization.mean[0] ?? 0) / std
    const [factor, constant] = inverted ? [-gain, offset + gain] : [gain, offset]
    const [stride, start] = input.layout === 'NCHW' ? [1, channel * plane] : [channels, channel]
    for (let pixel = 0; pixel < plane; pixel++) values[start + pixel * stride] = display.data[source + pixel]! * factor + constant
  }
  return asElementType(values, input)
}

const integerRanges: Readonly<Record<string, readonly [number, number]>> = { uint8: [0, 255], int8: [-128, 127] }

/** Floats stay float32: passes convert them to what they compute with. */
function asElementType(values: Float32Array, { dataType, dims }: PictureInput): HostTensor {
  const fitted = elementCount(dims) === values.length ? dims : [1, ...dims.slice(1)]
  if (!integers.has(dataType)) return { dataType: 'float32', dims: fitted, data: values }
  const [low, high] = integerRanges[dataType] ?? [-Infinity, Infinity]
  const numbers = Array.from(values, (value) => Math.min(high, Math.max(low, Math.round(value))))
  return { dataType, dims: fitted, data: typedArrayOf(tensorOfNumbers(dataType, fitted, numbers)) }
}

const integers: ReadonlySet<PictureInput['dataType']> = new Set(['uint8', 'int8', 'int32', 'int64'])
