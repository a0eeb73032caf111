/** Colour tables of 256 entries: perceptually uniform for magnitude, diverging around a neutral zero for signed values. */
import { interpolateInferno, interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic'

export type ColorTableId = 'inferno' | 'viridis' | 'diverging' | 'gray'

/** 256 RGBA entries, alpha 255. Index 0 is the low end of the scale. */
export type ColorTable = Readonly<Uint8ClampedArray<ArrayBuffer>>

export const tableSize = 256

const interpolators: Readonly<Record<ColorTableId, (position: number) => string>> = {
  inferno: interpolateInferno,
  viridis: interpolateViridis,
  // Blue below zero, red above: the attribution literature's order, the reverse of ColorBrewer's RdBu.
  diverging: (position) => interpolateRdBu(1 - position),
  gray: (position) => `rgb(${Array(3).fill(Math.round(position * 255)).join(',')})`,
}

const tables = new Map<ColorTableId, ColorTable>()

export function colorTable(id: ColorTableId): ColorTable {
  const kept = tables.get(id)
  if (kept !== undefined) return kept
  const table = new Uint8ClampedArray(tableSize * 4)
  for (let index = 0; index < tableSize; index++) table.set([...parseColor(interpolators[id](index / (tableSize - 1))), 255], index * 4)
  tables.set(id, table)
  return table
}

/** A CSS gradient from low to high, for legends. */
export function cssGradient(id: ColorTableId, direction = 'to right'): string {
  const stops = Array.from({ length: 17 }, (_, step) => interpolators[id](step / 16))
  return `linear-gradient(${direction}, ${stops.join(', ')})`
}

/** Reads '#rrggbb' and 'rgb(r, g, b)', the two forms that d3-scale-chromatic writes. */
function parseColor(text: string): [number, number, number] {
  const hex = /^#(..)(..)(..)$/.exec(text)
  const [, red = '0', green = '0', blue = '0'] = hex ?? /^rgb\((\d+), ?(\d+), ?(\d+)\)$/.exec(text) ?? []
  const radix = hex === null ? 10 : 16
  return [parseInt(red, radix), parseInt(green, radix), parseInt(blue, radix)]
}
