/** Confusion counts, [true][predicted], in the shares that people read. */

type Counts = readonly (readonly number[])[]

/** By row: of the examples of a class, the share that each prediction got. Zero where a class has none. */
export const sharesOf = (counts: Counts): number[][] => counts.map((row) => {
  const total = row.reduce((sum, count) => sum + count, 0)
  return row.map((count) => (total === 0 ? 0 : count / total))
})

/** Mean recall over the classes that have examples: what accuracy would be if all were equally frequent. */
export function balancedAccuracy(counts: Counts): number {
  const recalls = sharesOf(counts).flatMap((row, index) => ((counts[index] ?? []).some((count) => count > 0) ? [row[index] ?? 0] : []))
  return recalls.reduce((sum, recall) => sum + recall, 0) / Math.max(1, recalls.length)
}

/** What always naming the most frequent class would score. */
export function majorityShare(counts: Counts): number {
  const totals = counts.map((row) => row.reduce((sum, count) => sum + count, 0))
  return Math.max(0, ...totals) / Math.max(1, totals.reduce((sum, total) => sum + total, 0))
}

/** Pairs of classes by how many examples of the first are called the second. */
export function largestConfusions(counts: Counts, most: number): { actual: number; predicted: number; count: number; share: number }[] {
  const shares = sharesOf(counts)
  return counts
    .flatMap((row, actual) => row.flatMap((count, predicted) => (actual === predicted || count === 0 ? [] : [{ actual, predicted, count, share: shares[actual]?.[predicted] ?? 0 }])))
    .sort((left, right) => right.count - left.count)
    .slice(0, most)
}
