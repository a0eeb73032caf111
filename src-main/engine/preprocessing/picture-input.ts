/** Which input of a model is the picture, and what it wants of one. */
import type { NetworkInput } from '../network/network.ts'

export interface PictureInput {
  readonly name: string
  readonly dataType: NetworkInput['dataType']
  /** Of the tensor to feed: rank 4, or what a model without a batch or channel axis declares ([H, W], [1, 784], ...). */
  readonly dims: readonly number[]
  readonly layout: 'NCHW' | 'NHWC'
  readonly channels: 1 | 3
  readonly height: number
  readonly width: number
}

/** A latent map of a generator is never this large, and no picture network takes smaller pictures. */
const smallestExtent = 8
const smallestFlat = 64

const isChannels = (dim: number | undefined): dim is 1 | 3 => dim === 1 || dim === 3
const isExtent = (dim: number | undefined): dim is number => dim !== undefined && dim >= smallestExtent

/** The first input that can hold a picture; undefined for generators, language models and the like. */
export function findPictureInput(inputs: readonly NetworkInput[]): PictureInput | undefined {
  for (const input of inputs) {
    const extent = extentOf(input.dims)
    if (extent && numeric.has(input.dataType)) return { name: input.name, dataType: input.dataType, dims: input.dims, ...extent }
  }
  return undefined
}

const numeric = new Set(['float32', 'float16', 'float64', 'bfloat16', 'uint8', 'int8', 'int32', 'int64'])

function extentOf(dims: readonly number[]): Pick<PictureInput, 'layout' | 'channels' | 'height' | 'width'> | undefined {
  const [a, b, c, d] = dims
  if (dims.length === 4) {
    if (isChannels(b) && isExtent(c) && isExtent(d)) return { layout: 'NCHW', channels: b, height: c, width: d }
    if (isExtent(b) && isExtent(c) && isChannels(d)) return { layout: 'NHWC', channels: d, height: b, width: c }
    return undefined
  }
  if (dims.length === 3) {
    if (isChannels(a) && isExtent(b) && isExtent(c)) return { layout: 'NCHW', channels: a, height: b, width: c }
    if (isExtent(a) && isExtent(b) && isChannels(c)) return { layout: 'NHWC', channels: c, height: a, width: b }
    return undefined
  }
  // A dense network reads its picture as one row of numbers: a square, in grey or as three planes.
  if (dims.length > 2) return undefined
  const count = (dims.length === 2 ? b : a) ?? 0
  if (dims.length === 2 && isExtent(a) && isExtent(b)) return { layout: 'NCHW', channels: 1, height: a, width: b }
  if (count < smallestFlat) return undefined
  const side = Math.sqrt(count)
  if (Number.isInteger(side) && isFlatSide(side)) return { layout: 'NCHW', channels: 1, height: side, width: side }
  const colorSide = Math.sqrt(count / 3)
  return Number.isInteger(colorSide) && isFlatSide(colorSide) ? { layout: 'NCHW', channels: 3, height: colorSide, width: colorSide } : undefined
}

/** Sides of flattened pictures: sklearn's digits, USPS-like, MNIST, CIFAR, and 48 of the emotion sets. 16 × 16 = 256 and the like are latent vectors. */
const flatSides = new Set([8, 20, 28, 32, 48])
const isFlatSide = (side: number): boolean => flatSides.has(side)
