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
  /** Cells of one value each that form one picture without gaps: the tile's extent is then the whole grid's. */
  readonly merged: boolean
}

/** Share of the values of a map or layer that may lie beyond its colours: one hot pixel must not black out the rest. */
const clippedShare = 0.01
/** Vectors with more cells than this are drawn without gaps. */
const mostCellsWithGaps = 256

/**
 * Writes the tiles into `target` (a square of side `slot`) in a grid of its own, on the scale asked for: zero is the first colour (the
 * middle one when signed), the last colour is what 99 % of the map, or of the layer, stay below.
 * Tiles larger than the slot allows are drawn with every n-th pixel.
 */
export function packSheet(sheet: TileSheet, gridOf: (tiles: number) => TileGrid, scale: SheetScale, slot: number, target: Uint8Array): SlotContent {
  const tiles = sheet.units.length
  const grid = gridOf(tiles)
  const step = Math.max(1, Math.ceil((grid.columns * sheet.tileWidth) / slot), Math.ceil((grid.rows * sheet.tileHeight) / slot))
  const tileWidth = Math.max(1, Math.floor(sheet.tileWidth / step))
  const tileHeight = Math.max(1, Math.floor(sheet.tileHeight / step))
  const stride = sheet.columns * sheet.tileWidth
  const counts = tileCounts(sheet)
  // A single value has no scale of its own: cells of a vector share one, to their largest.
  const single = sheet.tileWidth * sheet.tileHeight === 1
  const share = single ? 0 : clippedShare
  const shared = scale === 'layer' || single ? reachOf(sheet, counts, counts.map((_, tile) => tile), share) : undefined
  const lookup = new Uint8Array(256)
  for (let tile = 0; tile < tiles; tile++) {
    rescaling(sheet, tile, shared ?? reachOf(sheet, counts, [tile], share), lookup)
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
  const merged = single && tiles > mostCellsWithGaps
  return { grid, tileWidth: merged ? grid.columns : tileWidth, tileHeight: merged ? grid.rows : tileHeight, tiles, signed: sheet.signed, merged }
}

/** How often each byte occurs, by tile. */
function tileCounts(sheet: TileSheet): readonly Uint32Array[] {
  const stride = sheet.columns * sheet.tileWidth
  return sheet.units.map((_, tile) => {
    const counts = new Uint32Array(256)
    const start = Math.floor(tile / sheet.columns) * sheet.tileHeight * stride + (tile % sheet.columns) * sheet.tileWidth
    for (let y = 0; y < sheet.tileHeight; y++) for (let x = 0; x < sheet.tileWidth; x++) {
      const byte = sheet.pixels[start + y * stride + x] ?? 0
      counts[byte] = (counts[byte] ?? 0) + 1
    }
    return counts
  })
}

const valueOf = (sheet: TileSheet, tile: number, byte: number): number => (sheet.low[tile] ?? 0) + (byte / 255) * ((sheet.high[tile] ?? 1) - (sheet.low[tile] ?? 0))

/** The magnitude that all but the share `clipped` of the values of these tiles stay below; their largest when that would be nothing. */
function reachOf(sheet: TileSheet, counts: readonly Uint32Array[], tiles: readonly number[], clipped: number): number {
  const magnitudes: { readonly at: number; readonly count: number }[] = []
  let total = 0
  for (const tile of tiles) counts[tile]?.forEach((count, byte) => {
    if (count === 0) return
    magnitudes.push({ at: Math.abs(valueOf(sheet, tile, byte)), count })
    total += count
  })
  magnitudes.sort((a, b) => b.at - a.at)
  const largest = magnitudes[0]?.at ?? 0
  let beyond = 0
  for (const { at, count } of magnitudes) {
    beyond += count
    if (beyond > clipped * total) return at > 0 ? at : largest
  }
  return largest
}

/** Fills `lookup` with the byte that a tile's byte gets where colours reach to `reach`, on both sides of zero when signed. */
function rescaling(sheet: TileSheet, tile: number, reach: number, lookup: Uint8Array): void {
  for (let byte = 0; byte < 256; byte++) {
    const share = valueOf(sheet, tile, byte) / (reach || 1)
    lookup[byte] = Math.round(255 * Math.min(1, Math.max(0, sheet.signed ? 0.5 + share / 2 : share)))
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
