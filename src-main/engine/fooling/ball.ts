/** Distances between pictures, and the ball of a budget. Pictures are in 0..1; distances and budgets in steps of 8-bit channels, 0..255. */

export type Norm = 'linf' | 'l2' | 'l0'

export interface Ball { readonly norm: 'linf' | 'l2'; /** In 0..255. */ readonly radius: number }

export interface Distance {
  /** Largest change of a channel of a pixel. */
  readonly linf: number
  /** Root of the sum of squares over all channels of all pixels. */
  readonly l2: number
  /** Pixels that differ in any channel. */
  readonly l0: number
  /** Root of the mean square a channel: l2 / sqrt(C H W). */
  readonly rms: number
}

export function distanceOf(a: Float32Array, b: Float32Array, channels: number): Distance {
  const plane = a.length / channels
  let largest = 0, squares = 0, pixels = 0
  for (let pixel = 0; pixel < plane; pixel++) {
    let differs = false
    for (let channel = 0; channel < channels; channel++) {
      const change = Math.abs((a[channel * plane + pixel] ?? 0) - (b[channel * plane + pixel] ?? 0)) * 255
      if (change > 1e-4) differs = true
      largest = Math.max(largest, change)
      squares += change * change
    }
    if (differs) pixels++
  }
  return { linf: largest, l2: Math.sqrt(squares), l0: pixels, rms: Math.sqrt(squares / a.length) }
}

export function normOf(values: Float32Array): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.sqrt(squares)
}

export const clampPicture = (picture: Float32Array): Float32Array => picture.map((value) => Math.min(1, Math.max(0, value)))

/** The nearest picture within the ball around `center` and within 0..1: exact for linf; for l2 the projection on the ball, then on the box. */
export function project(picture: Float32Array, center: Float32Array, { norm, radius }: Ball): Float32Array {
  const limit = radius / 255
  if (norm === 'linf') return picture.map((value, index) => {
    const middle = center[index] ?? 0
    return Math.min(1, Math.max(0, Math.min(middle + limit, Math.max(middle - limit, value))))
  })
  let squares = 0
  for (let index = 0; index < picture.length; index++) squares += ((picture[index] ?? 0) - (center[index] ?? 0)) ** 2
  const factor = squares > limit * limit ? limit / Math.sqrt(squares) : 1
  return picture.map((value, index) => {
    const middle = center[index] ?? 0
    return Math.min(1, Math.max(0, middle + factor * (value - middle)))
  })
}

/** The step of length `size` (0..255) that a score grows along fastest, in that norm: its sign, or its direction. */
export function stepAlong(picture: Float32Array, gradient: Float32Array, norm: 'linf' | 'l2', size: number): Float32Array {
  const length = size / 255
  if (norm === 'linf') return picture.map((value, index) => value + length * Math.sign(gradient[index] ?? 0))
  const factor = length / Math.max(1e-30, normOf(gradient))
  return picture.map((value, index) => value + factor * (gradient[index] ?? 0))
}
