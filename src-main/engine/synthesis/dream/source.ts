/** The picture or animation of a dream, as its frames. */
import type { DreamSettings } from '#contract/dream.ts'
import { AppError } from '#contract/errors.ts'
import { countFrames, decodeAnimation } from '../../images/animation.ts'
import { decodePicture } from '../../images/decode.ts'
import type { Pixels } from '../../images/pixels.ts'
import { resizePixels } from '../../images/resample.ts'
import { displayChannels } from '../../network/display-space.ts'
import { displayTensor } from '../../preprocessing/apply.ts'
import type { WorkPlace } from '../define-work.ts'
import { animationFilm, stillFilm, zoomFilm } from './film.ts'
import type { Film } from './film.ts'

/** Throws 'file-missing', 'picture-unreadable', 'option-invalid'. */
export async function openFilm({ file, display }: WorkPlace, { picture, size, zoom }: DreamSettings): Promise<Film> {
  const bytes = await file(picture)
  const gray = displayChannels(display) === 1
  const frames = await countFrames(bytes, picture.name)
  if (frames === 1) {
    const tensor = displayTensor(sized(await decodePicture(bytes, picture.name), size), gray)
    return zoom ? zoomFilm(tensor, zoom.frames) : stillFilm(tensor)
  }
  if (zoom) throw new AppError('option-invalid', `${picture.name} is an animation of ${frames} frames: its frames dream one by one, without a zoom. Take a still picture to zoom into.`)
  const animation = await decodeAnimation(bytes, picture.name)
  return animationFilm(frames, (index) => displayTensor(sized(animation.frames[index]!, size), gray), animation.delays)
}

/** The longer side brought to `size` pixels. */
export function sized(pixels: Pixels, size: number | undefined): Pixels {
  const factor = (size ?? 0) / Math.max(pixels.width, pixels.height)
  if (size === undefined || factor === 1) return pixels
  return resizePixels(pixels, Math.max(1, Math.round(pixels.width * factor)), Math.max(1, Math.round(pixels.height * factor)))
}
