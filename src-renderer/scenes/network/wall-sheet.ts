/** Tiles of 8-bit values, arranged for one slot of the wall texture. */
import type { TileGrid } from '../network-layout/wall-size.ts'

/** Maps of a layer, as bytes between each tile's own low and high value. */
export interface TileSheet {
  readonly columns: number
  readonly tileWidth: number
  readonly tileHeight: number
  /** The unit each tile shows. */
  readonly units: readonly number[]
  readonly total: number
  readonly low: readonly number[]
  readonly high: readonly number[]
  readonly signed: boolean
  /** Row-major over the whole sheet. */
  readonly pixels: Uint8Array
}

export type SheetScale = 'map' | 'layer'

/** What the shader has to know of a slot. */
export interface SlotContent {
  readonly grid: TileGrid
  readonly tileWidth: number
  readonly tileHeight: number
  readonly tiles: number
  readonly signed: boolean
}

/** Value range that bytes 0 and 255 stand for when all tiles share one scale. */
export function layerRange(sheet: TileSheet): { readonly low: number; readonly high: number } {
  let low = Infinity, high = -Infinity
  for (const value of sheet.low) low = Math.min(low, value)
  for (const value of sheet.high) high = Math.max(high, value)
  return low <= high ? { low, high } : { low: 0, high: 1 }
}

/**
 * Writes the tiles into `target` (a square of side `slot`) in a grid of its own, on the scale asked for.
 * Tiles larger than the slot allows are drawn with every n-th pixel.
 */
export function packSheet(sheet: TileSheet, gridOf: (tiles: number) => TileGrid, scale: SheetScale, slot: number, target: Uint8Array): SlotContent {
  const tiles = sheet.units.length
  const grid = gridOf(tiles)
  const step = Math.max(1, Math.ceil((grid.columns * sheet.tileWidth) / slot), Math.ceil((grid.rows * sheet.tileHeight) / slot))
  const tileWidth = Math.max(1, Math.floor(sheet.tileWidth / step))
  const tileHeight = Math.max(1, Math.floor(sheet.tileHeight / step))
  const stride = sheet.columns * sheet.tileWidth
  const range = layerRange(sheet)
  const lookup = new Uint8Array(256)
  for (let tile = 0; tile < tiles; tile++) {
    rescaling(sheet, tile, scale === 'layer' ? range : undefined, lookup)
    const sourceX = (tile % sheet.columns) * sheet.tileWidth
    const sourceY = Math.floor(tile / sheet.columns) * sheet.tileHeight
    const targetX = (tile % grid.columns) * tileWidth
    const targetY = Math.floor(tile / grid.columns) * tileHeight
    if (targetX + tileWidth > slot || targetY + tileHeight > slot) continue
    for (let y = 0; y < tileHeight; y++) {
      const source = (sourceY + y * step) * stride + sourceX
      const row = (targetY + y) * slot + targetX
      for (let x = 0; x < tileWidth; x++) target[row + x] = lookup[sheet.pixels[source + x * step] ?? 0] ?? 0
    }
  }
  return { grid, tileWidth, tileHeight, tiles, signed: sheet.signed }
}

/** Fills `lookup` with the byte on the shared range for each byte on the tile's own. */
function rescaling(sheet: TileSheet, tile: number, range: { readonly low: number; readonly high: number } | undefined, lookup: Uint8Array): void {
  const low = sheet.low[tile] ?? 0
  const high = sheet.high[tile] ?? 1
  for (let byte = 0; byte < 256; byte++) {
    if (range === undefined) { lookup[byte] = byte; continue }
    const value = low + (byte / 255) * (high - low)
    lookup[byte] = Math.round(255 * Math.min(1, Math.max(0, (value - range.low) / (range.high - range.low || 1))))
  }
}

/** A vector of values as a sheet of one-pixel tiles on one scale: the way dense layers are drawn. */
export function vectorSheet(values: Float32Array, limit: number): TileSheet {
  const count = Math.min(values.length, limit)
  let peak = 0, low = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    peak = Math.max(peak, Math.abs(value))
    low = Math.min(low, value)
  }
  const signed = low < -1e-3 * peak
  const from = signed ? -peak : 0
  const pixels = new Uint8Array(count)
  for (let i = 0; i < count; i++) pixels[i] = Math.round(255 * Math.min(1, Math.max(0, ((values[i] ?? 0) - from) / (peak - from || 1))))
  return {
    columns: count, tileWidth: 1, tileHeight: 1, units: Array.from({ length: count }, (_, unit) => unit), total: values.length,
    low: new Array<number>(count).fill(from), high: new Array<number>(count).fill(peak || 1), signed, pixels,
  }
}
