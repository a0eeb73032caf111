/** Animated GIF and WebP: to frames, and back. */
import { AppError, invariant } from '#contract/errors.ts'
import { unreadable } from './decode.ts'
import { pixelsOf } from './pixels.ts'
import type { Pixels } from './pixels.ts'
import { sharp } from './sharp.ts'

export type AnimationFormat = 'gif' | 'webp'

export interface Animation {
  /** All of one extent. */
  readonly frames: readonly Pixels[]
  /** How long each is shown, milliseconds. */
  readonly delays: readonly number[]
}

/** What all frames together may claim before anything is allocated: 1.2 GB. */
export const mostAnimationPixels = 400e6
/** Browsers show shorter ones for that long. */
const shortestDelayMs = 20
const usualDelayMs = 100

/** Frames of an animated picture; 1 for any other. Throws 'picture-unreadable'. */
export async function countFrames(bytes: Uint8Array, name: string): Promise<number> {
  try {
    const { format, pages = 1 } = await sharp(bytes, { animated: true }).metadata()
    // Pages of a TIFF or PDF are no animation.
    return format === 'gif' || format === 'webp' ? pages : 1
  } catch (error) {
    throw unreadable(bytes, name, error)
  }
}

/** Opaque 8-bit sRGB, transparent parts on white. Throws 'picture-unreadable'. */
export async function decodeAnimation(bytes: Uint8Array, name: string): Promise<Animation> {
  try {
    const { pages = 1, pageHeight, width, height, delay } = await sharp(bytes, { animated: true, limitInputPixels: false }).metadata()
    if (width * height > mostAnimationPixels) throw new AppError('picture-unreadable', `${name} is too large: its ${pages} frames have ${Math.round((width * height) / 1e6)} million pixels together, ${mostAnimationPixels / 1e6} million at most can be dreamt. Save a shorter or smaller version of it.`)
    const { data, info } = await sharp(bytes, { animated: true, limitInputPixels: false, failOn: 'error' }).flatten({ background: '#ffffff' }).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const rows = pageHeight ?? info.height
    const stride = info.width * rows * 3
    const frames = Array.from({ length: pages }, (_, index) => pixelsOf(info.width, rows, new Uint8Array(data.buffer, data.byteOffset + index * stride, stride)))
    return { frames, delays: frames.map((_, index) => Math.max(shortestDelayMs, delay?.[index] ?? usualDelayMs)) }
  } catch (error) {
    throw error instanceof AppError ? error : unreadable(bytes, name, error)
  }
}

/** Plays for ever. */
export async function encodeAnimation({ frames, delays }: Animation, format: AnimationFormat): Promise<Uint8Array<ArrayBuffer>> {
  const [first] = frames
  invariant(first && delays.length === frames.length, 'an animation without frames, or without their times')
  const { width, height } = first
  const rows = new Uint8Array(width * height * 3 * frames.length)
  frames.forEach((frame, index) => rows.set(frame.data, index * width * height * 3))
  const stacked = sharp(rows, { raw: { width, height: height * frames.length, channels: 3, pageHeight: height }, limitInputPixels: false })
  const delay = [...delays]
  const encoded = format === 'gif' ? stacked.gif({ delay, loop: 0 }) : stacked.webp({ delay, loop: 0, quality: 92, effort: 3 })
  return new Uint8Array(await encoded.toBuffer())
}
