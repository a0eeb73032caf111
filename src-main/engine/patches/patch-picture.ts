/** The part of a picture that a unit saw, and its projection, as pixels. */
import type { Network } from '../network/network.ts'
import { cropPixels, pixelsOf } from '../images/pixels.ts'
import type { Pixels } from '../images/pixels.ts'
import type { FloatTensor } from '../runtime/host-tensor.ts'
import type { BestPatch } from './survey.ts'
import type { SurveyedLayer } from './survey-graph.ts'

export interface Box { readonly left: number; readonly top: number; readonly width: number; readonly height: number }

/** Of fields of a few pixels something is shown around them. */
const leastSide = 16

/** In the picture as the model sees it, kept inside of it; all of it for layers without places. */
export function boxOf(network: Network, layer: SurveyedLayer, { row, column }: Pick<BestPatch, 'row' | 'column'>, extent: { readonly height: number; readonly width: number }): Box {
  const field = network.structure.layers.find(({ id }) => id === layer.id)?.receptiveField
  if (!field || field.wholeInput || (layer.height === 1 && layer.width === 1)) return { left: 0, top: 0, ...extent }
  const along = (place: number, places: number, seen: number, whole: number): readonly [number, number] => {
    const side = Math.min(whole, Math.max(leastSide, Math.round(seen)))
    const middle = ((place + 0.5) * whole) / places
    return [Math.min(whole - side, Math.max(0, Math.round(middle - side / 2))), side]
  }
  const [top, height] = along(row, layer.height, field.height, extent.height)
  const [left, width] = along(column, layer.width, field.width, extent.width)
  return { left, top, width, height }
}

export const patchOf = (picture: Pixels, { left, top, width, height }: Box): Pixels => cropPixels(picture, left, top, width, height)

/** Values of the part as colors: none is mid-gray, the largest magnitude within it reaches black or white. */
export function projectionOf({ dims, data }: FloatTensor, { left, top, width, height }: Box): Pixels {
  const [, channels = 1, rows = 1, columns = 1] = dims
  const at = (channel: number, y: number, x: number): number => data[(Math.min(channel, channels - 1) * rows + top + y) * columns + left + x] ?? 0
  let largest = 0
  for (let channel = 0; channel < channels; channel++) for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) largest = Math.max(largest, Math.abs(at(channel, y, x)))
  const shown = Uint8ClampedArray.from({ length: width * height * 3 }, (_, index) => {
    const pixel = Math.floor(index / 3)
    return 127.5 + (largest === 0 ? 0 : (127.5 * at(index % 3, Math.floor(pixel / width), pixel % width)) / largest)
  })
  return pixelsOf(width, height, new Uint8Array(shown.buffer))
}
