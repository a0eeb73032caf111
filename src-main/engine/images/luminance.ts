/** The brightness of one picture with the colors of another. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Planes } from './planes.ts'

/** ITU-R BT.601, as `luma`. */
const [red, green, blue] = [0.299, 0.587, 0.114] as const

/** Y of `bright`, Cb and Cr of `colored` (both [1, 3, H, W] in 0..1): every channel is moved by the difference of luma. A new array; gray pictures are copied. */
export async function withColorsOf(bright: Planes, colored: Planes): Promise<Float32Array> {
  if (bright.dims[1] !== 3) return bright.data.slice()
  const plane = bright.data.length / 3
  const result = colored.data.slice()
  await nextTurn()
  for (let pixel = 0; pixel < plane; pixel++) {
    const change = red * (bright.data[pixel]! - result[pixel]!) + green * (bright.data[plane + pixel]! - result[plane + pixel]!) + blue * (bright.data[2 * plane + pixel]! - result[2 * plane + pixel]!)
    for (let at = pixel; at < result.length; at += plane) result[at] = Math.min(1, Math.max(0, result[at]! + change))
  }
  return result
}
