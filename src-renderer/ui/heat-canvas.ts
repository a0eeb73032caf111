/** Float32 maps as pixels, one map value a pixel; the canvas' CSS size and `image-rendering` do the rest. */
import type { ColorScale } from '#renderer/colour/scale.ts'
import { colorTable, tableSize } from '#renderer/colour/tables.ts'

export interface HeatMap {
  readonly values: Float32Array
  readonly height: number
  readonly width: number
}

export type HeatOpacity =
  /** The same everywhere. */
  | { readonly kind: 'even'; readonly opacity: number }
  /** By the square root of the distance from zero, as in saved pictures: what does not matter stays clear. */
  | { readonly kind: 'by-magnitude'; readonly opacity: number }

const opaque: HeatOpacity = { kind: 'even', opacity: 1 }

/** Colours of a map as RGBA, row-major. NaN becomes transparent. */
export function heatPixels(map: HeatMap, scale: ColorScale, opacity: HeatOpacity = opaque): Uint8ClampedArray<ArrayBuffer> {
  const table = colorTable(scale.table)
  const pixels = new Uint8ClampedArray(map.height * map.width * 4)
  const factor = (tableSize - 1) / (scale.high - scale.low || 1)
  const reach = Math.max(Math.abs(scale.low), Math.abs(scale.high)) || 1
  for (let index = 0; index < map.height * map.width; index++) {
    const value = map.values[index] ?? NaN
    if (Number.isNaN(value)) continue
    const entry = Math.max(0, Math.min(tableSize - 1, Math.round((value - scale.low) * factor))) * 4
    const weight = opacity.kind === 'even' ? opacity.opacity : opacity.opacity * Math.min(1, Math.sqrt(Math.abs(value) / reach))
    pixels[index * 4] = table[entry] ?? 0
    pixels[index * 4 + 1] = table[entry + 1] ?? 0
    pixels[index * 4 + 2] = table[entry + 2] ?? 0
    pixels[index * 4 + 3] = Math.round(weight * 255)
  }
  return pixels
}

/** Draws the map into the canvas, which takes the map's extent. */
export function drawHeat(canvas: HTMLCanvasElement, map: HeatMap, scale: ColorScale, opacity: HeatOpacity = opaque): void {
  canvas.width = map.width
  canvas.height = map.height
  canvas.getContext('2d')?.putImageData(new ImageData(heatPixels(map, scale, opacity), map.width, map.height), 0, 0)
}
