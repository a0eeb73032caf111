/**
 * Separable resampling with the triangle filter, stretched by the scale when shrinking: what Pillow calls bilinear, and
 * torchvision and most published top-1 numbers were made with (Pillow src/libImaging/Resample.c, precompute_coeffs).
 */
import type { Pixels } from './pixels.ts'

/** Which source samples make one target sample, and how much of each; weights sum to one. */
interface Taps { readonly first: number; readonly weights: Float64Array }

/** Pillow rounds after each of its two passes; so does this, to give the same bytes. */
export function resizePixels(pixels: Pixels, width: number, height: number): Pixels {
  const wide = width === pixels.width ? pixels : resizeRows(pixels, width)
  return height === wide.height ? wide : resizeColumns(wide, height)
}

function tapsOf(source: number, target: number): Taps[] {
  const scale = source / target
  const support = Math.max(scale, 1)
  return Array.from({ length: target }, (_, index) => {
    const center = (index + 0.5) * scale
    const first = Math.max(0, Math.floor(center - support + 0.5))
    const last = Math.min(source, Math.floor(center + support + 0.5))
    const weights = Float64Array.from({ length: last - first }, (_, tap) => Math.max(0, 1 - Math.abs((first + tap - center + 0.5) / support)))
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map((weight) => weight / sum) }
  })
}

function resizeRows({ width, height, data }: Pixels, target: number): Pixels {
  const taps = tapsOf(width, target)
  const result = new Uint8ClampedArray(target * height * 3)
  for (let row = 0, to = 0; row < height; row++) {
    const start = row * width * 3
    for (const { first, weights } of taps) {
      let red = 0, green = 0, blue = 0
      for (let tap = 0, from = start + first * 3; tap < weights.length; tap++, from += 3) {
        const weight = weights[tap]!
        red += weight * data[from]!
        green += weight * data[from + 1]!
        blue += weight * data[from + 2]!
      }
      result[to++] = red
      result[to++] = green
      result[to++] = blue
    }
  }
  return { width: target, height, data: new Uint8Array(result.buffer) }
}

function resizeColumns({ width, height, data }: Pixels, target: number): Pixels {
  const stride = width * 3
  const result = new Uint8ClampedArray(stride * target)
  const sums = new Float64Array(stride)
  tapsOf(height, target).forEach(({ first, weights }, row) => {
    sums.fill(0)
    for (let tap = 0; tap < weights.length; tap++) {
      const weight = weights[tap]!
      const from = (first + tap) * stride
      for (let index = 0; index < stride; index++) sums[index]! += weight * data[from + index]!
    }
    result.set(sums, row * stride)
  })
  return { width, height: target, data: new Uint8Array(result.buffer) }
}

/** Planes of floats [1, C, H, W] by the same filter, without rounding: [1, C, height, width]. */
export function resizePlanes({ dims, data }: { readonly dims: readonly number[]; readonly data: Float32Array }, height: number, width: number): Float32Array {
  const [, channels = 1, fromHeight = 1, fromWidth = 1] = dims
  if (fromHeight === height && fromWidth === width) return data.slice()
  const [rows, columns] = [tapsOf(fromHeight, height), tapsOf(fromWidth, width)]
  const wide = new Float32Array(channels * fromHeight * width)
  for (let line = 0; line < channels * fromHeight; line++) {
    for (const [column, { first, weights }] of columns.entries()) {
      let sum = 0
      for (let tap = 0, from = line * fromWidth + first; tap < weights.length; tap++, from++) sum += weights[tap]! * data[from]!
      wide[line * width + column] = sum
    }
  }
  const result = new Float32Array(channels * height * width)
  const sums = new Float64Array(width)
  for (let channel = 0; channel < channels; channel++)
    for (const [row, { first, weights }] of rows.entries()) {
      sums.fill(0)
      for (let tap = 0, from = (channel * fromHeight + first) * width; tap < weights.length; tap++, from += width)
        for (let column = 0; column < width; column++) sums[column]! += weights[tap]! * wide[from + column]!
      result.set(sums, (channel * height + row) * width)
    }
  return result
}
