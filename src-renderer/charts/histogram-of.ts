import type { Histogram } from '#contract/wire.ts'
import { extentOf } from '#renderer/colour/scale.ts'

/** Equal-width bins over the finite values. */
export function histogramOf(values: Float32Array, bins: number): Histogram {
  const { low, high } = extentOf(values)
  const counts = Array<number>(bins).fill(0)
  const factor = high > low ? bins / (high - low) : 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    const bin = Math.min(bins - 1, Math.floor((value - low) * factor))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { min: low, max: high, counts }
}
