/** The last step on the pixels: light, contrast and grain, as a camera leaves them. */
import { createRandom } from '../../lib/random.ts'
import type { Scene } from './scene.ts'

/** `pixels` are 8-bit; changed in place. */
export function finishPixels(pixels: Uint8Array, { gain, lift, grain, seed }: Scene['finish']): Uint8Array {
  if (gain === 1 && lift === 0 && grain === 0) return pixels
  const random = createRandom(seed)
  for (let index = 0; index < pixels.length; index++) {
    const value = (pixels[index] ?? 0) * gain + lift + (grain > 0 ? grain * (random.uniform() + random.uniform() + random.uniform() - 1.5) * 1.6 : 0)
    pixels[index] = value < 0 ? 0 : value > 255 ? 255 : Math.round(value)
  }
  return pixels
}
