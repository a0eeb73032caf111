/**
 * A gradient that leads up through coarse structure before fine: the sum of the gradient and of it blurred ever wider, each brought to the same
 * mean size. Blurring is symmetric and positive, so that the sum still leads up; it is Yosinski et al. 2015's prior (arXiv:1506.06579, section 3:
 * high frequencies are penalised), put on the step instead of on the picture, which may be a photograph.
 */
import type { Extent } from './probe.ts'

/** Halves of the widths of the boxes, pixels, for a side of 224. */
const radii = [1, 2, 4, 8, 16] as const
const referenceSide = 224

export function smoothed({ channels, height, width }: Extent): (gradient: Float32Array) => Float32Array {
  const plane = height * width
  const factor = Math.min(height, width) / referenceSide
  const scales = [...new Set(radii.map((radius) => Math.max(1, Math.round(radius * factor))))]
  return (gradient) => {
    const sum = new Float32Array(gradient.length)
    for (const radius of scales) {
      const blurred = gradient.slice()
      for (let channel = 0; channel < channels; channel++) {
        const part = blurred.subarray(channel * plane, (channel + 1) * plane)
        // Two boxes each way are a triangle: smooth enough, and symmetric.
        for (let pass = 0; pass < 2; pass++) {
          boxAlong(part, height, width, width, 1, radius)
          boxAlong(part, width, height, 1, width, radius)
        }
      }
      const mean = blurred.reduce((total, value) => total + Math.abs(value), 0) / blurred.length
      if (mean > 0) blurred.forEach((value, index) => { sum[index] = (sum[index] ?? 0) + value / mean })
    }
    return sum
  }
}

/** The mean over 2 radius + 1 neighbors along `length` elements `step` apart, for each of `lines` lines `stride` apart; zeros beyond the ends. */
function boxAlong(data: Float32Array, lines: number, length: number, stride: number, step: number, radius: number): void {
  const line = new Float64Array(length + 1)
  const norm = 1 / (2 * radius + 1)
  for (let index = 0; index < lines; index++) {
    const start = index * stride
    for (let at = 0; at < length; at++) line[at + 1] = line[at]! + data[start + at * step]!
    for (let at = 0; at < length; at++) data[start + at * step] = (line[Math.min(length, at + radius + 1)]! - line[Math.max(0, at - radius)]!) * norm
  }
}
