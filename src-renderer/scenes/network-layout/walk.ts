/** Walking the drawn graph by arrow keys. */
import type { NetworkLayout } from './network-layout.ts'
import type { VisibleGraph } from './visible-graph.ts'

export type WalkDirection = 'forward' | 'back' | 'up' | 'down' | 'first' | 'last'

/** The item reached from `from`; `from` itself where there is none. Along the graph first; between branches by their place in the drawing. */
export function walk(graph: VisibleGraph, layout: NetworkLayout, from: number, direction: WalkDirection): number {
  const here = layout.walls[from]
  if (here === undefined || direction === 'first') return 0
  if (direction === 'last') return graph.items.length - 1
  if (direction === 'forward' || direction === 'back') {
    const along = graph.edges.flatMap((edge) => (direction === 'forward' ? (edge.from === from ? [edge.to] : []) : edge.to === from ? [edge.from] : []))
    const far = (item: number): number => {
      const place = layout.walls[item]
      // The nearest rank first, so that a skip link does not skip its block; then the straightest way.
      return place === undefined ? Infinity : Math.abs(place.rank - here.rank) * 1e4 + (place.row === here.row ? Math.abs(place.y - here.y) : 0)
    }
    return nearest(along, far) ?? nearestInRank(layout, here.rank + (direction === 'forward' ? 1 : -1), here.y) ?? from
  }
  const up = direction === 'up'
  const branches = layout.walls.filter((wall) => wall.rank === here.rank && (up ? wall.y > here.y : wall.y < here.y))
  const branch = nearest(branches.map((wall) => wall.item), (item) => Math.abs((layout.walls[item]?.y ?? 0) - here.y))
  if (branch !== undefined) return branch
  // Beyond the outermost branch: the row above or below, at about the same place.
  const row = here.row + (up ? -1 : 1)
  return nearest(layout.walls.filter((wall) => wall.row === row).map((wall) => wall.item), (item) => Math.abs((layout.walls[item]?.x ?? 0) - here.x)) ?? from
}

function nearest(items: readonly number[], distance: (item: number) => number): number | undefined {
  let best: number | undefined
  for (const item of items) if (best === undefined || distance(item) < distance(best)) best = item
  return best
}

function nearestInRank(layout: NetworkLayout, rank: number, y: number): number | undefined {
  return nearest(layout.walls.filter((wall) => wall.rank === rank).map((wall) => wall.item), (item) => Math.abs((layout.walls[item]?.y ?? 0) - y))
}
