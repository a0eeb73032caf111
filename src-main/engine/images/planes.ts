/** Resampling and filters of pictures as planes of floats, [1, C, H, W]. Between planes the thread is given up, so that large pictures do not hold up messages. */
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface Planes {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

interface Taps { readonly low: Int32Array; readonly share: Float64Array }

const extentOf = ({ dims }: Planes): readonly [channels: number, height: number, width: number] => [dims[1] ?? 1, dims[2] ?? 1, dims[3] ?? 1]

/** Bilinear, corner on corner: scipy.ndimage.zoom(order=1). */
export async function zoomPlanes(planes: Planes, height: number, width: number): Promise<Float32Array> {
  const [channels, fromHeight, fromWidth] = extentOf(planes)
  if (fromHeight === height && fromWidth === width) return planes.data.slice()
  return samplePlanes(planes, channels, cornerTaps(fromHeight, height), cornerTaps(fromWidth, width))
}

/**
 * The middle, larger by `share`, at the same extent: pixel x reads (1 - share) x + share extent / 2
 * (google/deepdream: `nd.affine_transform(frame, [1-s, 1-s, 1], [h*s/2, w*s/2, 0], order=1)`).
 */
export async function zoomIntoPlanes(planes: Planes, share: number): Promise<Float32Array> {
  const [channels, height, width] = extentOf(planes)
  const taps = (extent: number): Taps => tapsOf(extent, extent, (index) => (1 - share) * index + (extent * share) / 2)
  return samplePlanes(planes, channels, taps(height), taps(width))
}

const cornerTaps = (from: number, to: number): Taps => tapsOf(from, to, (index) => (to === 1 ? 0 : (index * (from - 1)) / (to - 1)))

function tapsOf(from: number, to: number, position: (index: number) => number): Taps {
  const low = new Int32Array(to)
  const share = new Float64Array(to)
  for (let index = 0; index < to; index++) {
    const at = Math.min(from - 1, Math.max(0, position(index)))
    low[index] = Math.max(0, Math.min(from - 2, Math.floor(at)))
    share[index] = at - low[index]!
  }
  return { low, share }
}

async function samplePlanes(planes: Planes, channels: number, rows: Taps, columns: Taps): Promise<Float32Array> {
  const [, fromHeight, fromWidth] = extentOf(planes)
  const [height, width] = [rows.low.length, columns.low.length]
  const result = new Float32Array(channels * height * width)
  const [down, right] = [fromHeight > 1 ? fromWidth : 0, fromWidth > 1 ? 1 : 0]
  for (let channel = 0; channel < channels; channel++) {
    const source = planes.data.subarray(channel * fromHeight * fromWidth, (channel + 1) * fromHeight * fromWidth)
    for (let row = 0, to = channel * height * width; row < height; row++) {
      const above = rows.low[row]! * fromWidth
      const vertical = rows.share[row]!
      for (let column = 0; column < width; column++, to++) {
        const at = above + columns.low[column]!
        const horizontal = columns.share[column]!
        const upper = source[at]! + (source[at + right]! - source[at]!) * horizontal
        const lower = source[at + down]! + (source[at + down + right]! - source[at + down]!) * horizontal
        result[to] = upper + (lower - upper) * vertical
      }
    }
    await nextTurn()
  }
  return result
}

/** Gaussian of that standard deviation in pixels, cut off at three of them; borders repeat. In place. */
export async function blurPlanes(planes: Planes, deviation: number): Promise<void> {
  if (deviation <= 0) return
  const [channels, height, width] = extentOf(planes)
  const kernel = gaussian(deviation)
  for (let channel = 0; channel < channels; channel++) {
    const plane = planes.data.subarray(channel * height * width, (channel + 1) * height * width)
    convolveRows(plane, height, width, kernel)
    await nextTurn()
    convolveColumns(plane, height, width, kernel)
    await nextTurn()
  }
}

function gaussian(deviation: number): Float64Array {
  const radius = Math.ceil(3 * deviation)
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, index) => Math.exp(-((index - radius) ** 2) / (2 * deviation ** 2)))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

function convolveRows(plane: Float32Array, height: number, width: number, kernel: Float64Array): void {
  const radius = kernel.length >> 1
  const padded = new Float32Array(width + 2 * radius)
  for (let row = 0; row < height; row++) {
    const line = plane.subarray(row * width, (row + 1) * width)
    padded.fill(line[0]!, 0, radius)
    padded.set(line, radius)
    padded.fill(line[width - 1]!, radius + width)
    for (let column = 0; column < width; column++) {
      let sum = 0
      for (let tap = 0; tap < kernel.length; tap++) sum += kernel[tap]! * padded[column + tap]!
      line[column] = sum
    }
  }
}

function convolveColumns(plane: Float32Array, height: number, width: number, kernel: Float64Array): void {
  const radius = kernel.length >> 1
  // Rows above that were already written over, and this row as it was.
  const kept = Array.from({ length: radius + 1 }, () => new Float32Array(width))
  const sums = new Float64Array(width)
  for (let row = 0; row < height; row++) {
    const line = plane.subarray(row * width, (row + 1) * width)
    kept[row % (radius + 1)]!.set(line)
    sums.fill(0)
    for (let tap = 0; tap < kernel.length; tap++) {
      const from = Math.min(height - 1, Math.max(0, row + tap - radius))
      const source = from > row ? plane.subarray(from * width, (from + 1) * width) : kept[from % (radius + 1)]!
      const weight = kernel[tap]!
      for (let column = 0; column < width; column++) sums[column]! += weight * source[column]!
    }
    line.set(sums)
  }
}
