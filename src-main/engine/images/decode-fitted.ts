/** Pictures of a data set: decoded straight to the extent that a network is trained on, on library threads. */
import { AppError } from '#contract/errors.ts'
import { decodeBmp, isBmp } from './bmp.ts'
import { keptPicturePixels, maxPicturePixels, unreadable } from './decode.ts'
import { cropPixels, pixelsOf } from './pixels.ts'
import type { Pixels } from './pixels.ts'
import { resizePixels } from './resample.ts'
import { sharp } from './sharp.ts'

export interface Fit { readonly height: number; readonly width: number; /** 'crop': covers the extent, the middle is kept. */ readonly fit: 'crop' | 'stretch' }

export interface FittedPicture extends Pixels { readonly originalWidth: number; readonly originalHeight: number }

/** Upright extent, from the header alone. Throws 'picture-unreadable'. */
export async function pictureExtent(bytes: Uint8Array, name: string): Promise<{ readonly width: number; readonly height: number }> {
  if (isBmp(bytes)) return decodeBmp(bytes, name, keptPicturePixels)
  try {
    return (await sharp(bytes, { limitInputPixels: maxPicturePixels }).metadata()).autoOrient
  } catch (error) {
    throw unreadable(bytes, name, error)
  }
}

/** Colours, orientation and transparency as `decodePicture` treats them; the triangle filter, as `resizePixels`. Throws 'picture-unreadable'. */
export async function decodeFitted(bytes: Uint8Array, name: string, { height, width, fit }: Fit): Promise<FittedPicture> {
  if (bytes.length === 0) throw new AppError('picture-unreadable', `${name} is empty (0 bytes).`)
  if (isBmp(bytes)) {
    const whole = decodeBmp(bytes, name, keptPicturePixels)
    return { ...fitBmp(whole, { height, width, fit }), originalWidth: whole.width, originalHeight: whole.height }
  }
  try {
    const { autoOrient } = await sharp(bytes, { limitInputPixels: maxPicturePixels }).metadata()
    const pipeline = sharp(bytes, { failOn: 'error', limitInputPixels: maxPicturePixels, sequentialRead: true }).autoOrient()
    const same = autoOrient.width === width && autoOrient.height === height
    const resized = same ? pipeline : pipeline.resize({ width, height, fit: fit === 'crop' ? 'cover' : 'fill', kernel: 'linear' })
    const { data, info } = await resized.flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    const rgb = info.channels === 1 ? Uint8Array.from({ length: data.length * 3 }, (_, index) => data[Math.floor(index / 3)]!) : data
    return { ...pixelsOf(info.width, info.height, rgb), originalWidth: autoOrient.width, originalHeight: autoOrient.height }
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(bytes, name, error)
  }
}

function fitBmp(whole: Pixels, { height, width, fit }: Fit): Pixels {
  if (fit === 'stretch') return resizePixels(whole, width, height)
  const scale = Math.max(width / whole.width, height / whole.height)
  const resized = resizePixels(whole, Math.max(width, Math.round(whole.width * scale)), Math.max(height, Math.round(whole.height * scale)))
  return cropPixels(resized, (resized.width - width) >> 1, (resized.height - height) >> 1, width, height)
}
