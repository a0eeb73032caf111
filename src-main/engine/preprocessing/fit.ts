/** The geometry of preprocessing: any picture to the extent of the model's input. */
import type { Preprocessing } from '#contract/preprocessing.ts'
import { cropPixels, pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import { resizePixels } from '../images/resample.ts'

export type Geometry = Pick<Preprocessing, 'height' | 'width' | 'fit' | 'resize'>

/** The grey that YOLO-style letterboxes are padded with. */
const padding = 114

/** Share of the input that its centre crop keeps of the resized picture: 224 of 256 (Krizhevsky et al. 2012), and so on for other sizes. */
const cropShare = 224 / 256

/** What a network of that input extent is usually fed: 256 then crop for 224 and 227, the whole shorter side for small networks. */
export function usualGeometry(height: number, width: number, tinyExtent: number): Geometry {
  const extent = Math.min(height, width)
  const resize = extent <= tinyExtent ? extent : extent >= 224 && extent <= 256 ? 256 : Math.round(extent / cropShare)
  return { height, width, fit: 'crop', resize }
}

/**
 * The picture at exactly `width` × `height`, as the record says. One that has that extent already was made for the network (by us, or by
 * whoever cropped it): enlarging and cropping it once more would show the network another picture than the file holds.
 */
export function fitPicture(pixels: Pixels, { height, width, fit, resize }: Geometry): Pixels {
  if (pixels.width === width && pixels.height === height) return pixels
  switch (fit) {
    case 'stretch': return resizePixels(pixels, width, height)
    case 'fit': return letterbox(pixels, width, height)
    case 'crop': return resizeAndCrop(pixels, width, height, resize)
  }
}

/** As torchvision's Resize(resize) and CenterCrop; where the input is larger than that, the resized picture just covers it. */
function resizeAndCrop(pixels: Pixels, width: number, height: number, resize: number | undefined): Pixels {
  const cover = Math.max(width / pixels.width, height / pixels.height)
  const scale = Math.max(cover, resize === undefined ? 0 : resize / Math.min(pixels.width, pixels.height))
  const resizedWidth = Math.max(width, Math.floor(pixels.width * scale + roundingSlack))
  const resizedHeight = Math.max(height, Math.floor(pixels.height * scale + roundingSlack))
  const resized = resizePixels(pixels, resizedWidth, resizedHeight)
  return cropPixels(resized, Math.round((resizedWidth - width) / 2), Math.round((resizedHeight - height) / 2), width, height)
}

/** 375 * (256 / 375) is a hair below 256. */
const roundingSlack = 1e-6

function letterbox(pixels: Pixels, width: number, height: number): Pixels {
  const scale = Math.min(width / pixels.width, height / pixels.height)
  const innerWidth = Math.min(width, Math.max(1, Math.round(pixels.width * scale)))
  const innerHeight = Math.min(height, Math.max(1, Math.round(pixels.height * scale)))
  const inner = resizePixels(pixels, innerWidth, innerHeight)
  const left = Math.floor((width - innerWidth) / 2), top = Math.floor((height - innerHeight) / 2)
  const data = new Uint8Array(width * height * 3).fill(padding)
  for (let row = 0; row < innerHeight; row++)
    data.set(inner.data.subarray(row * innerWidth * 3, (row + 1) * innerWidth * 3), ((top + row) * width + left) * 3)
  return pixelsOf(width, height, data)
}
