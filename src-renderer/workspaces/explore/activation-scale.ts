/** Colours of activations, the same on the walls and in the inspector. */
import type { Statistics } from '#contract/wire.ts'
import { scaleOf } from '#renderer/colour/scale.ts'
import type { ColorScale, MagnitudeTable } from '#renderer/colour/scale.ts'
import { signedTable } from '#renderer/colour/tables.ts'
import { formatPercent } from '#renderer/ui/format.ts'

/** Values below zero count from this share of the largest on: rounding must not turn a ReLU's map signed. */
const negligible = 1e-3

export function activationScale({ min, max }: { readonly min: number; readonly max: number }, theme: 'dark' | 'light', magnitude: MagnitudeTable): ColorScale {
  const peak = Math.max(Math.abs(min), Math.abs(max))
  const signed = min < -negligible * peak
  const scale = scaleOf(signed, peak, magnitude)
  return signed ? { ...scale, table: signedTable(theme) } : scale
}

/** Said only where it is so: broken weights, or values that grew beyond float32. */
export const invalidFact = ({ invalid }: Pick<Statistics, 'invalid'>): readonly (readonly [string, string, string])[] =>
  invalid === undefined ? [] : [['not numbers', formatPercent(invalid, invalid < 0.1 ? 1 : 0), 'Share of values that are infinite or no number: the weights are damaged, or the values outgrow float32. The rest is of the others.']]
