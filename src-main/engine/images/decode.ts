/** Any picture file to upright, opaque 8-bit sRGB. */
import type { Sharp } from 'sharp'
import { AppError } from '#contract/errors.ts'
import { decodeBmp, isBmp } from './bmp.ts'
import { pixelsOf } from './pixels.ts'
import type { Pixels } from './pixels.ts'
import { sharp } from './sharp.ts'
import { describeContent } from './sniff.ts'

/** What a header may claim before anything is allocated. */
export const maxPicturePixels = 300e6
/** Larger pictures are area-averaged down to this while decoding: no network here sees more, and memory stays bounded (48 MB). */
export const keptPicturePixels = 16e6

export interface DecodedPicture extends Pixels {
  /** Extent in the file, upright; larger than `width` × `height` where the picture was reduced. */
  readonly originalWidth: number
  readonly originalHeight: number
}

/**
 * EXIF orientation is applied; an ICC profile, CMYK, 16 bits and grey are converted to 8-bit sRGB; transparent parts lie on
 * white, as paper (and as browsers show them); of an animation the first frame is taken.
 * `name` is how errors call the picture. Throws 'picture-unreadable'.
 */
export async function decodePicture(bytes: Uint8Array, name: string): Promise<DecodedPicture> {
  if (bytes.length === 0) throw new AppError('picture-unreadable', `${name} is empty (0 bytes).`)
  if (isBmp(bytes)) return decodeWholeBmp(bytes, name)
  try {
    const source = (): Sharp => sharp(bytes, { failOn: 'error', limitInputPixels: maxPicturePixels, sequentialRead: true })
    const { autoOrient } = await source().metadata()
    const { width: originalWidth, height: originalHeight } = autoOrient
    const shrink = Math.min(1, Math.sqrt(keptPicturePixels / (originalWidth * originalHeight)))
    let pipeline = source().autoOrient()
    if (shrink < 1) pipeline = pipeline.resize({ width: Math.max(1, Math.floor(originalWidth * shrink)), height: Math.max(1, Math.floor(originalHeight * shrink)), fit: 'fill' })
    const { data, info } = await pipeline.flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
    return { ...pixelsOf(info.width, info.height, info.channels === 1 ? greyToRgb(data) : new Uint8Array(data)), originalWidth, originalHeight }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw unreadable(bytes, name, error)
  }
}

function decodeWholeBmp(bytes: Uint8Array, name: string): DecodedPicture {
  const pixels = decodeBmp(bytes, name, keptPicturePixels)
  return { ...pixels, originalWidth: pixels.width, originalHeight: pixels.height }
}

function greyToRgb(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3)
  for (let index = 0; index < grey.length; index++) rgb.fill(grey[index]!, index * 3, index * 3 + 3)
  return rgb
}

const readable = 'JPEG, PNG, WebP, GIF, TIFF, AVIF, BMP and SVG are read'
const truncation = /premature end|unexpected end|read error|unable to parse image|bad seek|end of file|truncated|not enough data/i

/** The decoder's first line that says something. */
function reasonOf(cause: unknown): string {
  const lines = (cause instanceof Error ? cause.message : String(cause)).replace(/^Input buffer has corrupt header:/, '').split('\n')
  return lines.map((line) => line.trim()).find((line) => line !== '') ?? 'its header is damaged'
}

/** 'picture-unreadable', saying what the file is instead or where it ends. */
export function unreadable(bytes: Uint8Array, name: string, cause: unknown): AppError {
  const reason = reasonOf(cause)
  const content = describeContent(bytes)
  const isPicture = content?.endsWith('picture') ?? false
  const message = /pixel limit/i.test(reason)
    ? `${name} is too large: more than ${maxPicturePixels / 1e6} million pixels. Save a smaller version of it.`
    : isPicture && (truncation.test(reason) || (content === 'a TIFF picture' && /unsupported image format/.test(reason)))
      ? `${name} is ${content}, but it is truncated or damaged (${reason}).`
      : isPicture
        ? `${name} is ${content} that cannot be read (${reason}). ${readable}.`
        : content !== undefined
          ? `${name} is ${content}, not a picture. ${readable}.`
          : `${name} is not a picture: its content is of no known format. ${readable}.`
  return new AppError('picture-unreadable', message, { cause })
}
