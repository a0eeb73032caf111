/** A picture made small enough to be one of a thousand. */
import { resizePixels } from '../images/resample.ts'
import type { Pixels } from '../images/pixels.ts'
import { pixelsOfDisplay } from '../preprocessing/apply.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'

export function shrink(picture: FloatTensor, side: number): Pixels {
  const pixels = pixelsOfDisplay(picture)
  const factor = side / Math.max(pixels.width, pixels.height)
  return factor >= 1 ? pixels : resizePixels(pixels, Math.max(1, Math.round(pixels.width * factor)), Math.max(1, Math.round(pixels.height * factor)))
}
