/** Resampling of pictures as planes of floats, [1, C, H, W]. Between planes the thread is given up, so that large pictures do not hold up messages. */
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

/** The same along one axis, as a matrix [to, from]. */
export function cornerShares(from: number, to: number): { readonly rows: number; readonly columns: number; readonly data: Float32Array } {
  const { low, share } = cornerTaps(from, to)
  const data = new Float32Array(to * from)
  for (let index = 0; index < to; index++) {
    const at = index * from + low[index]!
    data[at]! += 1 - share[index]!
    if (from > 1) data[at + 1]! += share[index]!
  }
  return { rows: to, columns: from, data }
}

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
