/**
 * Models of light drawings on dark are shown a picture inverted where its border is light. An attack follows the gradient of one of the two, so
 * what it makes has to stay on its side, or the written file would be read the other way.
 */
import { borderBrightness, isInverted } from '../preprocessing/apply.ts'
import type { Probe } from './probe.ts'
import { tensorOfPicture } from './written-picture.ts'

const edge = 0.45

/** The picture with its border darkened or lightened where it would be read the other way; itself elsewhere. */
export function keepPolarity({ display: { preprocessing, inverted = false }, extent }: Probe, picture: Float32Array): Float32Array {
  if (!preprocessing.invert || isInverted(preprocessing, tensorOfPicture(picture, extent)) === inverted) return picture
  const brightness = borderBrightness(tensorOfPicture(picture, extent))
  const factor = edge / (inverted ? 1 - brightness : brightness)
  const { channels, height, width } = extent
  const kept = picture.slice()
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        if (row > 0 && row < height - 1 && column > 0 && column < width - 1) continue
        const at = (channel * height + row) * width + column
        const value = kept[at] ?? 0
        kept[at] = inverted ? 1 - factor * (1 - value) : factor * value
      }
    }
  }
  return kept
}
