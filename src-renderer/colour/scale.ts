/** Which value gets which end of a colour table. */
import type { ColorTableId } from './tables.ts'

export interface ColorScale {
  readonly table: ColorTableId
  /** Values of the table's first and last entry; values beyond are drawn as these. */
  readonly low: number
  readonly high: number
}

export type MagnitudeTable = 'inferno' | 'viridis'

/** Zero in the middle for signed values, at the low end for magnitudes. `peak` is the largest absolute value shown. */
export function scaleOf(signed: boolean, peak: number, magnitude: MagnitudeTable): ColorScale {
  const reach = peak > 0 && Number.isFinite(peak) ? peak : 1
  return signed ? { table: 'diverging', low: -reach, high: reach } : { table: magnitude, low: 0, high: reach }
}

/** Share of the elements whose magnitude may lie beyond the scale: one hot pixel must not black out a map. As in saved pictures. */
const clippedShare = 0.001

/** The magnitude that all but `clippedShare` of the values stay below: what is shown as full colour. */
export function robustPeak(values: Float32Array): number {
  const magnitudes = values.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)).sort()
  const robust = magnitudes[Math.max(0, Math.ceil(magnitudes.length * (1 - clippedShare)) - 1)] ?? 0
  return robust > 0 ? robust : (magnitudes.at(-1) ?? 0)
}

/** Smallest and largest finite value; 0 and 0 for none. */
export function extentOf(values: Float32Array): { readonly low: number; readonly high: number } {
  let low = Infinity
  let high = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < low) low = value
    if (value > high) high = value
  }
  return low <= high ? { low, high } : { low: 0, high: 0 }
}
