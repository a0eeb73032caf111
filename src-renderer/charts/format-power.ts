import { formatNumber } from '#renderer/ui/format.ts'

/** Powers of ten by their exponent, for ticks of logarithmic axes: '1e−6'. */
export function formatPower(value: number): string {
  const power = Math.log10(value)
  return Number.isInteger(power) && (power < -3 || power > 3) ? `1e${power}`.replace('-', '−') : formatNumber(value)
}
