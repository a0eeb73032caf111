/** Columns of a layered drawing: every edge goes at least one rank forward. */
import type { VisibleGraph } from './visible-graph.ts'

/**
 * Longest-path ranks; what has slack is put in the middle of it, what only feeds (a constant, a second input) right before its reader.
 * Returns one rank per item, gapless from 0.
 */
export function assignRanks({ items, edges }: Pick<VisibleGraph, 'items' | 'edges'>): readonly number[] {
  const count = items.length
  const readers: number[][] = Array.from({ length: count }, () => [])
  const sources: number[][] = Array.from({ length: count }, () => [])
  for (const { from, to } of edges) { readers[from]?.push(to); sources[to]?.push(from) }

  const early = new Array<number>(count).fill(0)
  for (let node = 0; node < count; node++) for (const source of sources[node] ?? []) early[node] = Math.max(early[node] ?? 0, (early[source] ?? 0) + 1)
  const late = [...early]
  for (let node = count - 1; node >= 0; node--) {
    const after = (readers[node] ?? []).map((reader) => late[reader] ?? 0)
    if (after.length > 0) late[node] = Math.min(...after) - 1
  }

  const isSource = (node: number) => (sources[node] ?? []).length === 0 && items[node]?.layer.kind !== 'input'
  const ranks = early.map((rank, node) => (items[node]?.layer.kind === 'input' ? rank : Math.floor((rank + (late[node] ?? rank)) / 2)))
  return ranks.map((rank, node) => {
    const after = (readers[node] ?? []).map((reader) => ranks[reader] ?? 0)
    return isSource(node) && after.length > 0 ? Math.min(...after) - 1 : rank
  })
}
