/** Numbers about many numbers. Infinities and not-a-numbers are left out, and counted. */
import type { Histogram, Statistics } from '#contract/wire.ts'

export function statisticsOf(values: Float32Array): Statistics {
  let min = Infinity, max = -Infinity, sum = 0, count = 0, active = 0
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
    if (value > 0) active++
    sum += value
    count++
  }
  const invalid = invalidOf(values)
  if (count === 0) return { min: 0, max: 0, mean: 0, std: 0, active: 0, ...invalid }
  const mean = sum / count
  let squares = 0
  for (const value of values) if (Number.isFinite(value)) squares += (value - mean) ** 2
  return { min, max, mean, std: Math.sqrt(squares / count), active: active / count, ...invalid }
}

/** Their share, where there are any. */
export function invalidOf(values: Float32Array): Pick<Statistics, 'invalid'> {
  let invalid = 0
  for (const value of values) if (!Number.isFinite(value)) invalid++
  return invalid === 0 ? {} : { invalid: invalid / values.length }
}

const usualBins = 48

/** Equal-width bins from the lowest to the highest value; one bin where all are equal. */
export function histogramOf(values: Float32Array, { min, max }: Pick<Statistics, 'min' | 'max'>, bins = usualBins): Histogram {
  if (!(max > min)) return { min, max, counts: [values.length] }
  const counts = new Array<number>(bins).fill(0)
  const perUnit = bins / (max - min)
  for (const value of values) if (Number.isFinite(value)) counts[Math.min(bins - 1, Math.floor((value - min) * perUnit))]!++
  return { min, max, counts }
}
