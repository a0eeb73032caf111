/** Order statistics: linear between the neighbors, as numpy's `quantile`. NaN of no values. */
export function quantile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(values).sort()
  const at = share * (sorted.length - 1)
  const below = sorted[Math.floor(at)] ?? NaN
  const above = sorted[Math.ceil(at)] ?? below
  // Infinity has no distance to itself.
  return above === below ? below : below + (at - Math.floor(at)) * (above - below)
}

export const median = (values: ArrayLike<number>): number => quantile(values, 0.5)
