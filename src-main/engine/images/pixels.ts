/** A decoded picture: 8-bit sRGB, upright, opaque. Everything in the engine that is not yet a tensor is one of these. */
import { invariant } from '#contract/errors.ts'

export interface Pixels {
  readonly width: number
  readonly height: number
  /** RGB interleaved, row-major: width * height * 3 bytes. */
  readonly data: Uint8Array
}

export function pixelsOf(width: number, height: number, data: Uint8Array): Pixels {
  invariant(data.length === width * height * 3, `a ${width} × ${height} picture came with ${data.length} bytes`)
  return { width, height, data }
}

/** The rectangle at (left, top); it must lie inside the picture. */
export function cropPixels(pixels: Pixels, left: number, top: number, width: number, height: number): Pixels {
  invariant(left >= 0 && top >= 0 && left + width <= pixels.width && top + height <= pixels.height, 'a crop outside of the picture')
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const from = ((top + row) * pixels.width + left) * 3
    data.set(pixels.data.subarray(from, from + width * 3), row * width * 3)
  }
  return { width, height, data }
}

/** Left and right exchanged. */
export function flipPixels({ width, height, data }: Pixels): Pixels {
  const flipped = new Uint8Array(data.length)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const from = (row * width + column) * 3
      const to = (row * width + width - 1 - column) * 3
      flipped[to] = data[from]!
      flipped[to + 1] = data[from + 1]!
      flipped[to + 2] = data[from + 2]!
    }
  }
  return { width, height, data: flipped }
}

/** Each byte b becomes 255 - b. */
export const invertPixels = ({ width, height, data }: Pixels): Pixels => ({ width, height, data: data.map((value) => 255 - value) })

/** Share of the darkest and of the lightest pixels that a stretch lets go to black and white. */
const clippedShare = 0.01

/** Tones stretched so that the luma fills 0..255, alike in every channel: hues stay. A picture of one tone comes back as it is. */
export function stretchTones({ width, height, data }: Pixels): Pixels {
  const tones = new Uint8Array(width * height)
  for (let pixel = 0; pixel < tones.length; pixel++) tones[pixel] = Math.round(luma(data[pixel * 3]!, data[pixel * 3 + 1]!, data[pixel * 3 + 2]!))
  tones.sort()
  const dark = tones[Math.floor(tones.length * clippedShare)]!, light = tones[Math.ceil(tones.length * (1 - clippedShare)) - 1]!
  if (light <= dark) return { width, height, data }
  return { width, height, data: new Uint8Array(Uint8ClampedArray.from(data, (value) => ((value - dark) / (light - dark)) * 255).buffer) }
}

/** ITU-R BT.601 luma, 0..255, as PIL's convert('L') and most training pipelines of grey networks have it. */
export const luma = (red: number, green: number, blue: number): number => 0.299 * red + 0.587 * green + 0.114 * blue
