/** Interleaved bytes to standardised planes, through a map of positions. Beyond the border its pixels repeat, which a plain background continues. */
import type { Affine, Extent } from './transform.ts'

/** Values of a channel: byte * factor + offset. */
export interface Levels { readonly factors: Float64Array; readonly offsets: Float64Array }

export interface Planes {
  readonly source: Uint8Array; /** Of the picture in `source`. */ readonly from: number
  readonly into: Float32Array; readonly to: number
  readonly channels: number
  readonly levels: Levels
}

export function copyPlanes({ source, from, into, to, channels, levels: { factors, offsets } }: Planes, pixels: number): void {
  for (let channel = 0; channel < channels; channel++) {
    const [factor, offset] = [factors[channel]!, offsets[channel]!]
    for (let pixel = 0, at = from + channel, out = to + channel * pixels; pixel < pixels; pixel++, at += channels) into[out++] = source[at]! * factor + offset
  }
}

const clamp = (value: number, last: number): number => (value < 0 ? 0 : value > last ? last : value)

/** For maps of pixels onto pixels: flips and whole shifts. */
export function movePlanes({ source, from, into, to, channels, levels: { factors, offsets } }: Planes, { a, c, e, f }: Affine, { height, width }: Extent): void {
  const columns = new Int32Array(width)
  for (let x = 0; x < width; x++) columns[x] = clamp(Math.round(a * x + c), width - 1) * channels
  for (let channel = 0, out = to; channel < channels; channel++) {
    const [factor, offset] = [factors[channel]!, offsets[channel]!]
    for (let y = 0; y < height; y++) {
      const row = from + clamp(Math.round(e * y + f), height - 1) * width * channels + channel
      for (let x = 0; x < width; x++) into[out++] = source[row + columns[x]!]! * factor + offset
    }
  }
}

/** Bilinear. */
export function samplePlanes({ source, from, into, to, channels, levels: { factors, offsets } }: Planes, { a, b, c, d, e, f }: Affine, extent: Extent, result: Extent): void {
  const [lastX, lastY] = [extent.width - 1, extent.height - 1]
  const stride = extent.width * channels
  const plane = result.height * result.width
  for (let y = 0, out = to; y < result.height; y++) {
    for (let x = 0; x < result.width; x++, out++) {
      const sourceX = clamp(a * x + b * y + c, lastX), sourceY = clamp(d * x + e * y + f, lastY)
      const left = sourceX | 0, top = sourceY | 0
      const shareX = sourceX - left, shareY = sourceY - top
      const at = from + top * stride + left * channels
      const right = left < lastX ? channels : 0
      const below = top < lastY ? stride : 0
      for (let channel = 0; channel < channels; channel++) {
        const corner = at + channel
        const upper = source[corner]! + (source[corner + right]! - source[corner]!) * shareX
        const lower = source[corner + below]! + (source[corner + below + right]! - source[corner + below]!) * shareX
        into[out + channel * plane] = (upper + (lower - upper) * shareY) * factors[channel]! + offsets[channel]!
      }
    }
  }
}

/** The erased square becomes zero: the mean of standardised pictures. */
export function eraseSquare(into: Float32Array, to: number, channels: number, { height, width }: Extent, { left, top, side }: { readonly left: number; readonly top: number; readonly side: number }): void {
  for (let channel = 0; channel < channels; channel++) {
    for (let y = top; y < top + side; y++) {
      const start = to + (channel * height + y) * width + left
      into.fill(0, start, start + side)
    }
  }
}
