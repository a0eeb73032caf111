/** Renders the generator's pictures to pixels. */
import { AppError } from '#contract/errors.ts'
import { decodePicture } from '../../images/decode.ts'
import type { PictureSet } from '../picture-set.ts'
import { finishPixels } from './finish.ts'
import { classNames, composeScene } from './scene.ts'
import type { SceneOptions } from './scene.ts'

/** Interleaved RGB, 8-bit, [size, size, 3], and the class. */
export async function renderPicture(seed: number, index: number, size: number, options: SceneOptions = {}): Promise<{ pixels: Uint8Array; label: number }> {
  const scene = composeScene(seed, index, size, options)
  const { data, width, height } = await decodePicture(new TextEncoder().encode(scene.svg), `picture ${index}`)
  if (width !== size || height !== size) throw new AppError('bug', `Picture ${index} came out ${width} × ${height} pixels instead of ${size} × ${size}.`)
  return { pixels: finishPixels(data, scene.finish), label: scene.label }
}

/** Pictures decoded at the same time: decoding runs on library threads, so a few keep the cores busy. */
const atOnce = 4

/** Pictures 0 to `count` - 1 of a seed. */
export async function renderPictureSet(seed: number, count: number, size: number, controls: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void } = {}): Promise<PictureSet> {
  const pixels = new Uint8Array(count * size * size * 3)
  const labels = new Uint8Array(count)
  for (let start = 0; start < count; start += atOnce) {
    controls.signal?.throwIfAborted()
    await Promise.all(Array.from({ length: Math.min(atOnce, count - start) }, async (_, offset) => {
      const picture = await renderPicture(seed, start + offset, size)
      pixels.set(picture.pixels, (start + offset) * size * size * 3)
      labels[start + offset] = picture.label
    }))
    controls.onProgress?.(Math.min(count, start + atOnce))
  }
  return { size, classes: classNames.length, pixels, labels }
}
