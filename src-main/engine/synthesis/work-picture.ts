/** Pictures of a work as files: PNG, thumbnails, 16 bits. */
import { encodePng, encodeRgbaPng, encodeThumbnail } from '../images/encode.ts'
import { pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { pixelsOfDisplay } from '../preprocessing/apply.ts'
import { floatTensor } from '../runtime/host-tensor.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { WorkPicture } from './define-work.ts'

/** Longest side of a preview, pixels. */
export const previewSide = 640

const isPixels = (picture: WorkPicture): picture is Pixels => 'width' in picture
const hasAlpha = (picture: WorkPicture): picture is FloatTensor => !isPixels(picture) && picture.dims[1] === 4

export function extentOf(picture: WorkPicture): { readonly width: number; readonly height: number } {
  return isPixels(picture) ? { width: picture.width, height: picture.height } : { width: picture.dims[3] ?? 1, height: picture.dims[2] ?? 1 }
}

export async function pngOf(picture: WorkPicture): Promise<Uint8Array<ArrayBuffer>> {
  if (!hasAlpha(picture)) return encodePng(opaque(picture))
  const { width, height } = extentOf(picture)
  return encodeRgbaPng(width, height, interleaved(picture))
}

/** At most `side` pixels, transparent parts on mid-gray. */
export const thumbnailOf = (picture: WorkPicture, side = previewSide): Promise<Uint8Array<ArrayBuffer>> => encodeThumbnail(hasAlpha(picture) ? onGray(picture) : opaque(picture), side)

/** [1, C, H, W] in 0..1. */
export function tensorOf(picture: WorkPicture): FloatTensor {
  if (!isPixels(picture)) return picture
  const plane = picture.width * picture.height
  return floatTensor([1, 3, picture.height, picture.width], Float32Array.from({ length: 3 * plane }, (_, at) => (picture.data[(at % plane) * 3 + Math.floor(at / plane)] ?? 0) / 255))
}

const opaque = (picture: WorkPicture): Pixels => (isPixels(picture) ? picture : pixelsOfDisplay(picture))

function interleaved({ dims, data }: FloatTensor): Uint8Array {
  const [, channels = 1, height = 1, width = 1] = dims
  const plane = width * height
  return new Uint8Array(Uint8ClampedArray.from({ length: plane * channels }, (_, at) => 255 * (data[(at % channels) * plane + Math.floor(at / channels)] ?? 0)).buffer)
}

/** p a + 0.5 (1 - a). */
function onGray(picture: FloatTensor): Pixels {
  const { width, height } = extentOf(picture)
  const plane = width * height
  const bytes = Uint8ClampedArray.from({ length: plane * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3)
    const alpha = picture.data[3 * plane + pixel] ?? 1
    return 255 * ((picture.data[(at % 3) * plane + pixel] ?? 0) * alpha + 0.5 * (1 - alpha))
  })
  return pixelsOf(width, height, new Uint8Array(bytes.buffer))
}
