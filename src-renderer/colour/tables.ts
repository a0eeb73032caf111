/** The contract's colour maps as RGBA tables, textures and CSS gradients. */
import { colorTables } from '#contract/color-maps.ts'
import type { ColorMapId } from '#contract/color-maps.ts'
import { divergingDark } from './diverging-dark.ts'

/** Perceptually uniform for magnitude, diverging around a neutral zero for signed values, gray for pictures of one channel. */
export type ColorTableId = ColorMapId | 'diverging-dark' | 'gray'

/** 256 RGBA entries, alpha 255. Index 0 is the low end of the scale. */
export type ColorTable = Readonly<Uint8ClampedArray<ArrayBuffer>>

export const tableSize = 256
const gradientStops = 17

const tables = new Map<ColorTableId, ColorTable>()

export function colorTable(id: ColorTableId): ColorTable {
  const kept = tables.get(id)
  if (kept !== undefined) return kept
  const table = new Uint8ClampedArray(tableSize * 4)
  for (let index = 0; index < tableSize; index++) {
    const [red, green, blue] = id === 'gray' ? [index, index, index] : id === 'diverging-dark' ? divergingDark(index / (tableSize - 1)) : colorTables[id].subarray(index * 3, index * 3 + 3)
    table.set([red ?? 0, green ?? 0, blue ?? 0, 255], index * 4)
  }
  tables.set(id, table)
  return table
}

/** One entry as a CSS colour; `position` runs from 0 (low) to 1 (high). */
export function cssColor(id: ColorTableId, position: number): string {
  const entry = Math.round(Math.max(0, Math.min(1, position)) * (tableSize - 1)) * 4
  const [red = 0, green = 0, blue = 0] = colorTable(id).subarray(entry, entry + 3)
  return `rgb(${red} ${green} ${blue})`
}

/** A CSS gradient from low to high, for legends. */
export function cssGradient(id: ColorTableId, direction = 'to right'): string {
  const stops = Array.from({ length: gradientStops }, (_, step) => cssColor(id, step / (gradientStops - 1)))
  return `linear-gradient(${direction}, ${stops.join(', ')})`
}

/** The table for signed activations: its neutral is the theme's ground. */
export const signedTable = (theme: 'dark' | 'light'): ColorTableId => (theme === 'dark' ? 'diverging-dark' : 'diverging')
