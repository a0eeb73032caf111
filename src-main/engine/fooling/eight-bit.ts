/** What remains of a picture in a file of 8 bits a channel. */
import { normOf } from './ball.ts'
import type { Ball } from './ball.ts'

/** Rounded to steps of 1/255. */
export const roundToBytes = (picture: Float32Array): Float32Array => picture.map((value) => Math.round(255 * Math.min(1, Math.max(0, value))) / 255)

/**
 * Rounded without leaving the ball around `center`, itself of 8 bits: what rounding would carry beyond a radius that is no whole
 * number is rounded the other way (linf), or the change is shrunk until its rounded length fits (l2).
 */
export function roundWithin(picture: Float32Array, center: Float32Array, { norm, radius }: Ball): Float32Array {
  if (norm === 'linf') {
    const most = Math.floor(radius + 1e-4)
    return picture.map((value, index) => {
      const middle = Math.round(255 * (center[index] ?? 0))
      const change = Math.round(255 * value) - middle
      return Math.min(255, Math.max(0, middle + Math.min(most, Math.max(-most, change)))) / 255
    })
  }
  for (let factor = 1; factor > 0.01; factor *= 0.98) {
    const rounded = roundToBytes(picture.map((value, index) => (center[index] ?? 0) + factor * (value - (center[index] ?? 0))))
    if (255 * normOf(rounded.map((value, index) => value - (center[index] ?? 0))) <= radius + 1e-3) return rounded
  }
  return roundToBytes(center)
}
