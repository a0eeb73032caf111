/**
 * A picture cut so that no part of the sum is missing or counted twice. Every tile reaches `margin` pixels beyond what counts of it (unless the picture ends there),
 * begins at a multiple of the network's total stride, and ends where the picture's end lies on the same grid, so that its maps are those of the whole picture
 * wherever the margin covers what a position sees; all tiles are of one size, and one session serves them.
 */
import { AppError } from '#contract/errors.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import type { Extent } from './backbone.ts'

/** From `start` on; pixels from `from` up to `to` (of the picture) count. */
export interface Span { readonly start: number; readonly from: number; readonly to: number }

export interface Tile { readonly rows: Span; readonly columns: Span }

export interface Tiling {
  readonly picture: Extent
  readonly tile: Extent
  readonly tiles: readonly Tile[]
}

export interface Grain {
  /** Every layer's stride divides it. Pixels. */
  readonly stride: number
  /** A multiple of `stride`. */
  readonly margin: number
}

export function planTiles(picture: Extent, largest: number, grain: Grain): Tiling {
  const rows = cutAxis(picture.height, largest, grain)
  const columns = cutAxis(picture.width, largest, grain)
  return { picture, tile: { height: rows.size, width: columns.size }, tiles: rows.spans.flatMap((row) => columns.spans.map((column) => ({ rows: row, columns: column }))) }
}

function cutAxis(length: number, largest: number, { stride, margin }: Grain): { readonly size: number; readonly spans: readonly Span[] } {
  if (length <= largest) return { size: length, spans: [{ start: 0, from: 0, to: length }] }
  const size = largest - ((((largest - length) % stride) + stride) % stride)
  const advance = Math.floor((size - 2 * margin) / stride)
  if (advance < 1) throw new AppError('out-of-memory', `Tiles of ${largest} pixels leave nothing between margins of ${margin} pixels: allow more memory, or leave out the deepest layers.`)
  const steps = (length - size) / stride
  const gaps = Math.ceil(steps / advance)
  const starts = Array.from({ length: gaps + 1 }, (_, index) => stride * Math.floor((index * steps) / gaps))
  const border = (index: number): number => stride * Math.floor(((starts[index] ?? 0) + size + (starts[index + 1] ?? 0)) / 2 / stride)
  return { size, spans: starts.map((start, index) => ({ start, from: index === 0 ? 0 : border(index - 1), to: index === gaps ? length : border(index) })) }
}

/** Of a picture [1, C, H, W]. */
export function cropTile(data: Float32Array, channels: number, { picture, tile }: Tiling, { rows, columns }: Tile): FloatTensor {
  if (tile.height === picture.height && tile.width === picture.width) return floatTensor([1, channels, tile.height, tile.width], data)
  const out = new Float32Array(channels * tile.height * tile.width)
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let row = 0; row < tile.height; row++, to += tile.width) {
      const from = (channel * picture.height + rows.start + row) * picture.width + columns.start
      out.set(data.subarray(from, from + tile.width), to)
    }
  return floatTensor([1, channels, tile.height, tile.width], out)
}

/** Adds a tile's gradient, margins included: pixels there were seen from what counts. */
export function addTile(sum: Float32Array, part: Float32Array, channels: number, { picture, tile }: Tiling, { rows, columns }: Tile): void {
  for (let channel = 0, from = 0; channel < channels; channel++)
    for (let row = 0; row < tile.height; row++) {
      const to = (channel * picture.height + rows.start + row) * picture.width + columns.start
      for (let column = 0; column < tile.width; column++, from++) sum[to + column]! += part[from]!
    }
}

/** A tile's part of `mask` (over the whole layer of `whole` positions; 1 everywhere where absent), 0 where the tile does not count. [1, positions of the tile's layer] */
export function coreOf({ picture }: Tiling, { rows, columns }: Tile, layer: Extent, stride: number, mask?: { readonly data: Float32Array; readonly width: number }): FloatTensor {
  const along = (span: Span, length: number, whole: number): readonly [number, number, number] => {
    const start = span.start / stride
    return [start, span.from / stride - start, span.to === whole ? length : span.to / stride - start]
  }
  const [top, firstRow, lastRow] = along(rows, layer.height, picture.height)
  const [left, firstColumn, lastColumn] = along(columns, layer.width, picture.width)
  const out = new Float32Array(layer.height * layer.width)
  for (let row = firstRow; row < lastRow; row++) {
    const to = row * layer.width
    if (!mask) out.fill(1, to + firstColumn, to + lastColumn)
    else {
      const from = (top + row) * mask.width + left
      out.set(mask.data.subarray(from + firstColumn, from + lastColumn), to + firstColumn)
    }
  }
  return floatTensor([1, out.length], out)
}
