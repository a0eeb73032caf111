/** Colours of activations, the same on the walls and in the inspector. */
import { scaleOf } from '#renderer/colour/scale.ts'
import type { ColorScale, MagnitudeTable } from '#renderer/colour/scale.ts'
import { signedTable } from '#renderer/colour/tables.ts'

/** Values below zero count from this share of the largest on: rounding must not turn a ReLU's map signed. */
const negligible = 1e-3

export function activationScale({ min, max }: { readonly min: number; readonly max: number }, theme: 'dark' | 'light', magnitude: MagnitudeTable): ColorScale {
  const peak = Math.max(Math.abs(min), Math.abs(max))
  const signed = min < -negligible * peak
  const scale = scaleOf(signed, peak, magnitude)
  return signed ? { ...scale, table: signedTable(theme) } : scale
}
