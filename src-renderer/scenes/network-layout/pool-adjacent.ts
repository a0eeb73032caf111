/** Positions in a fixed order, at least `gap[i]` apart, nearest to where they want to be. */

interface Block { start: number; weight: number; sum: number }

/**
 * Weighted least squares under order constraints: isotonic regression by pooling adjacent violators
 * (Barlow et al. 1972) after subtracting the cumulated gaps. `gap[i]` separates i-1 and i.
 */
export function spaceApart(wanted: readonly number[], weight: readonly number[], gap: readonly number[]): number[] {
  const offset: number[] = []
  let cumulated = 0
  for (let i = 0; i < wanted.length; i++) { cumulated += i === 0 ? 0 : gap[i] ?? 0; offset.push(cumulated) }
  const blocks: Block[] = []
  for (let i = 0; i < wanted.length; i++) {
    const own = weight[i] ?? 1
    blocks.push({ start: i, weight: own, sum: own * ((wanted[i] ?? 0) - (offset[i] ?? 0)) })
    for (;;) {
      const last = blocks.at(-1)
      const before = blocks.at(-2)
      if (last === undefined || before === undefined || before.sum / before.weight <= last.sum / last.weight) break
      before.weight += last.weight
      before.sum += last.sum
      blocks.pop()
    }
  }
  const placed: number[] = []
  blocks.forEach((block, index) => {
    const end = blocks[index + 1]?.start ?? wanted.length
    for (let i = block.start; i < end; i++) placed.push(block.sum / block.weight + (offset[i] ?? 0))
  })
  return placed
}
