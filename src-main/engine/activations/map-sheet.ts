/** A layer's maps as one 8-bit sheet of tiles. */
import { createShrinker } from './area-average.ts'
import { unitRanges } from './layer-values.ts'
import type { LayerValues, UnitRange } from './layer-values.ts'

export interface SheetOptions {
  readonly maxTiles: number
  /** Longer side of a tile, pixels. */
  readonly tileSize: number
  /** 'map': every map has its own range. 'layer': one range for all. */
  readonly scale: 'map' | 'layer'
}

export interface Sheet {
  readonly columns: number
  readonly rows: number
  readonly tileHeight: number
  readonly tileWidth: number
  readonly units: number[]
  readonly total: number
  readonly low: number[]
  readonly high: number[]
  readonly signed: boolean
  readonly pixels: Uint8Array
}

/** Tiles in reading order; places behind the last tile are zero. */
export function createSheet(values: LayerValues, { maxTiles, tileSize, scale }: SheetOptions): Sheet {
  const ranges = unitRanges(values)
  const units = chooseUnits(ranges, maxTiles)
  const signed = ranges.some(({ low }) => low < 0)
  const shrinker = createShrinker(values, tileSize)
  const { height: tileHeight, width: tileWidth } = shrinker
  const columns = Math.max(1, Math.min(units.length, Math.round(Math.sqrt((units.length * tileHeight) / tileWidth))))
  const rows = Math.max(1, Math.ceil(units.length / columns))
  const layerExtent = Math.max(0, ...units.map((unit) => extentOf(ranges[unit]!)))
  const pixels = new Uint8Array(rows * tileHeight * columns * tileWidth)
  const tile = new Float32Array(tileHeight * tileWidth)
  const high = units.map((unit) => (scale === 'layer' ? layerExtent : extentOf(ranges[unit]!)))
  const low = high.map((value) => (signed ? -value : 0))
  units.forEach((unit, index) => {
    shrinker.shrink(unit, tile)
    const origin = Math.floor(index / columns) * tileHeight * columns * tileWidth + (index % columns) * tileWidth
    quantize(tile, low[index]!, high[index]!, (row) => origin + row * columns * tileWidth, tileWidth, pixels)
  })
  return { columns, rows, tileHeight, tileWidth, units, total: values.units, low, high, signed, pixels }
}

/** Largest magnitude: of a layer without negative values its highest value. */
const extentOf = ({ low, high }: UnitRange): number => Math.max(Math.abs(low), Math.abs(high))

/** All units in order, or the most active ones, those with the highest value first. */
function chooseUnits(ranges: readonly UnitRange[], most: number): number[] {
  const all = ranges.map((_, unit) => unit)
  return ranges.length <= most ? all : all.sort((a, b) => extentOf(ranges[b]!) - extentOf(ranges[a]!) || a - b).slice(0, most)
}

function quantize(tile: Float32Array, low: number, high: number, rowStart: (row: number) => number, width: number, pixels: Uint8Array): void {
  const perUnit = high > low ? 255 / (high - low) : 0
  for (let index = 0; index < tile.length; index++) {
    const value = (tile[index]! - low) * perUnit
    // Not-a-numbers fail both comparisons and stay at the lowest.
    pixels[rowStart(Math.floor(index / width)) + (index % width)] = value > 255 ? 255 : value > 0 ? Math.round(value) : 0
  }
}
