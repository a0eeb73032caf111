/** A heat map as a picture, alone or laid over the picture it explains. */
import { colorTables } from '#contract/color-maps.ts'
import type { ColorMapId } from '#contract/color-maps.ts'
import { invariant } from '#contract/errors.ts'
import { pixelsOf } from './pixels.ts'
import type { Pixels } from './pixels.ts'

export interface HeatMap {
  readonly width: number
  readonly height: number
  readonly values: Float32Array
  /** Signed maps use the diverging colours, centered on zero. */
  readonly signed: boolean
}

/** Share of the elements whose magnitude may lie beyond the scale: a few extreme pixels would otherwise darken the whole map. */
const clippedShare = 0.001

/** The value shown as full colour: the magnitude that all but `clippedShare` of the elements stay below. */
export function scaleOf(values: Float32Array): number {
  const magnitudes = Float32Array.from(values, (value) => (Number.isFinite(value) ? Math.abs(value) : 0)).sort()
  const clipped = magnitudes[Math.max(0, Math.ceil(magnitudes.length * (1 - clippedShare)) - 1)] ?? 0
  return clipped > 0 ? clipped : (magnitudes.at(-1) ?? 0)
}

export function paintHeatMap(map: HeatMap, magnitudeMap: ColorMapId = 'inferno'): Pixels {
  const scale = scaleOf(map.values) || 1
  const table = colorTables[map.signed ? 'diverging' : magnitudeMap]
  const data = new Uint8Array(map.values.length * 3)
  map.values.forEach((value, index) => {
    const share = map.signed ? 0.5 + value / (2 * scale) : value / scale
    const entry = Math.round(Math.min(1, Math.max(0, Number.isFinite(share) ? share : 0)) * 255) * 3
    data.set(table.subarray(entry, entry + 3), index * 3)
  })
  return pixelsOf(map.width, map.height, data)
}

/**
 * The heat map over the picture, both of the same extent. The picture is shown in grey, so that colour means only the map, and
 * each pixel takes colour by its magnitude: where the map says nothing, the picture stays.
 */
export function overlayHeatMap(picture: Pixels, map: HeatMap, opacity: number, magnitudeMap: ColorMapId = 'inferno'): Pixels {
  invariant(picture.width === map.width && picture.height === map.height, 'a heat map of another extent than its picture')
  const colors = paintHeatMap(map, magnitudeMap)
  const scale = scaleOf(map.values) || 1
  const data = new Uint8ClampedArray(picture.data.length)
  map.values.forEach((value, index) => {
    const share = opacity * Math.min(1, Math.sqrt(Math.abs(value) / scale) || 0)
    const at = index * 3
    const grey = 0.299 * picture.data[at]! + 0.587 * picture.data[at + 1]! + 0.114 * picture.data[at + 2]!
    for (let channel = 0; channel < 3; channel++) data[at + channel] = grey * (1 - share) + colors.data[at + channel]! * share
  })
  return pixelsOf(picture.width, picture.height, new Uint8Array(data.buffer))
}

/** Every pixel as a square of that many. */
export function enlargePixels(pixels: Pixels, factor: number): Pixels {
  if (factor === 1) return pixels
  const width = pixels.width * factor, height = pixels.height * factor
  const data = new Uint8Array(width * height * 3)
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const from = (Math.floor(row / factor) * pixels.width + Math.floor(column / factor)) * 3
      data.set(pixels.data.subarray(from, from + 3), to)
    }
  }
  return pixelsOf(width, height, data)
}

/** Pictures of one height in a row. */
export function sideBySide(pictures: readonly Pixels[]): Pixels {
  const height = Math.max(0, ...pictures.map((picture) => picture.height))
  const width = pictures.reduce((sum, picture) => sum + picture.width, 0)
  invariant(pictures.every((picture) => picture.height === height), 'pictures of different heights in one row')
  const data = new Uint8Array(width * height * 3)
  for (let row = 0, to = 0; row < height; row++) {
    for (const picture of pictures) {
      data.set(picture.data.subarray(row * picture.width * 3, (row + 1) * picture.width * 3), to)
      to += picture.width * 3
    }
  }
  return pixelsOf(width, height, data)
}
