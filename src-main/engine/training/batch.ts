/** A batch of 8-bit pictures as the network's input: augmented, standardised, planar. */
import { createRandom } from '../lib/random.ts'
import type { Random } from '../lib/random.ts'
import type { PictureSet } from '../datasets/picture-set.ts'
import type { Recipe } from './recipe.ts'

/** [indices, 3, size, size] and one-hot labels [indices, classes], smoothed (Szegedy et al. 2016, arXiv:1512.00567, eq. 10). */
export function assembleBatch(set: PictureSet, indices: readonly number[], recipe: Pick<Recipe, 'mean' | 'std' | 'labelSmoothing' | 'augment'>, seed: number | undefined): { pictures: Float32Array; labels: Float32Array } {
  const { size, classes } = set
  const plane = size * size
  const pictures = new Float32Array(indices.length * 3 * plane)
  const labels = new Float32Array(indices.length * classes)
  const random = seed === undefined ? undefined : createRandom(seed)
  const smoothing = random ? recipe.labelSmoothing : 0
  indices.forEach((picture, position) => {
    copyPicture(set.pixels.subarray(picture * 3 * plane, (picture + 1) * 3 * plane), pictures.subarray(position * 3 * plane, (position + 1) * 3 * plane), size, recipe, random)
    labels.fill(smoothing / classes, position * classes, (position + 1) * classes)
    const label = position * classes + (set.labels[picture] ?? 0)
    labels[label] = 1 - smoothing + smoothing / classes
  })
  return { pictures, labels }
}

/** Interleaved bytes to standardised planes. A shift repeats the border, which a plain background continues. */
function copyPicture(source: Uint8Array, into: Float32Array, size: number, { mean, std, augment }: Pick<Recipe, 'mean' | 'std' | 'augment'>, random: Random | undefined): void {
  const flip = random !== undefined && augment.flip && random.chance(0.5)
  const dx = random ? random.integer(-augment.shift, augment.shift) : 0
  const dy = random ? random.integer(-augment.shift, augment.shift) : 0
  const clamp = (value: number): number => Math.min(size - 1, Math.max(0, value))
  for (const channel of [0, 1, 2] as const) {
    const gain = (random ? 1 + random.uniform(-augment.color, augment.color) : 1) / (255 * std[channel])
    const offset = mean[channel] / std[channel]
    for (let y = 0; y < size; y++) {
      const row = clamp(y + dy) * size
      for (let x = 0; x < size; x++) {
        const column = clamp((flip ? size - 1 - x : x) + dx)
        into[(channel * size + y) * size + x] = (source[(row + column) * 3 + channel] ?? 0) * gain - offset
      }
    }
  }
}
