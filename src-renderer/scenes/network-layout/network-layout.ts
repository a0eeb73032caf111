/** From a visible graph to walls and links in space: x along the net, y up, all walls in one plane facing the viewer. */
import { orderLanes, placeLanes } from './lanes.ts'
import type { Lanes } from './lanes.ts'
import { assignRanks } from './ranks.ts'
import { slabDepth, wallExtent } from './wall-size.ts'
import type { VisibleGraph } from './visible-graph.ts'
import { wrapRows } from './wrap-rows.ts'
import type { Row } from './wrap-rows.ts'

export interface Point { readonly x: number; readonly y: number }

export interface WallPlace {
  readonly item: number
  /** Center of the wall's face. */
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly rank: number
  readonly row: number
}

export interface LinkRoute {
  readonly from: number
  readonly to: number
  /** Runs of points; a link is a smooth curve through each run, straight where two points share their height. */
  readonly points: readonly Point[]
  /** True where it returns to the start of the next row. */
  readonly wraps: boolean
}

export interface NetworkLayout {
  readonly walls: readonly WallPlace[]
  readonly links: readonly LinkRoute[]
  readonly width: number
  readonly height: number
}

const columnGap = 2.6
const laneGap = 1.9
const waypointExtent = 0.5
const labelBand = 1.6
const rowGap = 3.4

/** Lays a graph out to fill a stage of this aspect (width by height). The whole is centered on the origin. */
export function layoutNetwork(graph: VisibleGraph, aspect: number): NetworkLayout {
  if (graph.items.length === 0) return { walls: [], links: [], width: 0, height: 0 }
  const ranks = assignRanks(graph)
  const lanes = orderLanes(ranks, graph.edges)
  const extents = graph.items.map((item) => wallExtent(item.layer, item.folded))
  const cross = placeLanes(lanes, (item) => (item === undefined ? waypointExtent : (extents[item]?.height ?? 0)), laneGap)

  const columns = lanes.ranks.map((nodes) => {
    let width = 0, top = Infinity, bottom = -Infinity
    for (const node of nodes) {
      const item = lanes.nodes[node]?.item
      const half = (item === undefined ? waypointExtent : extents[item]?.height ?? 0) / 2
      if (item !== undefined) width = Math.max(width, extents[item]?.width ?? 0)
      top = Math.min(top, (cross[node] ?? 0) - half)
      bottom = Math.max(bottom, (cross[node] ?? 0) + half)
    }
    return { width, top, bottom: bottom + labelBand }
  })
  const rows = wrapRows(columns, { columnGap, rowGap, aspect, crossings: crossingRoutes(lanes) })
  const width = Math.max(...rows.map((row) => row.width))
  const height = rows.reduce((sum, row) => sum + row.bottom - row.top, 0) + (rows.length - 1) * rowGap

  // Place columns; the cross axis points down until here, y points up from here on.
  const columnX: number[] = []
  const rowOf: number[] = []
  const rowY: number[] = []
  let y = height / 2
  rows.forEach((row, index) => {
    rowY.push(y + row.top)
    let x = -width / 2
    for (let rank = row.first; rank <= row.last; rank++) {
      const wide = columns[rank]?.width ?? 0
      columnX.push(x + wide / 2)
      rowOf.push(index)
      x += wide + columnGap
    }
    y -= row.bottom - row.top + rowGap
  })
  const nodeY = (node: number): number => (rowY[rowOf[lanes.nodes[node]?.rank ?? 0] ?? 0] ?? 0) - (cross[node] ?? 0)
  const walls = graph.items.map((item, index): WallPlace => {
    const rank = ranks[index] ?? 0
    const { width: wide, height: high } = extents[index] ?? { width: 0, height: 0 }
    return { item: index, x: columnX[rank] ?? 0, y: nodeY(index), width: wide, height: high, depth: slabDepth(item.layer), rank, row: rowOf[rank] ?? 0 }
  })
  const gutters = rows.map((row, index) => (rowY[index] ?? 0) - row.bottom - rowGap / 2)
  const links = graph.edges.map(({ from, to }, edge) => routeLink(lanes, lanes.routes[edge] ?? [from, to], { columnX, rowOf, nodeY, columns, walls, gutters, rows }))
  return { walls, links, width, height }
}

/** How many distinct routes pass from each rank to the next. */
function crossingRoutes({ nodes, ranks }: Lanes): readonly number[] {
  return ranks.slice(0, -1).map((column) => column.filter((node) => (nodes[node]?.after.length ?? 0) > 0).length)
}

interface Places {
  readonly columnX: readonly number[]
  readonly rowOf: readonly number[]
  readonly nodeY: (node: number) => number
  readonly columns: readonly { readonly width: number }[]
  readonly walls: readonly WallPlace[]
  /** Height of the free strip below each row. */
  readonly gutters: readonly number[]
  readonly rows: readonly Row[]
}

function routeLink({ nodes }: Lanes, route: readonly number[], { columnX, rowOf, nodeY, columns, walls, gutters }: Places): LinkRoute {
  const points: Point[] = []
  let wraps = false
  route.forEach((node, index) => {
    const { item, rank } = nodes[node] ?? { item: undefined, rank: 0 }
    const x = columnX[rank] ?? 0
    const y = nodeY(node)
    const half = (item === undefined ? columns[rank]?.width ?? 0 : walls[item]?.width ?? 0) / 2
    const previous = nodes[route[index - 1] ?? -1]
    const row = rowOf[rank] ?? 0
    const rowBefore = previous === undefined ? row : rowOf[previous.rank] ?? row
    if (rowBefore !== row) {
      wraps = true
      const end = points.at(-1)
      const strip = gutters[row - 1] ?? 0
      const turn = columnGap / 2
      const edge = Math.max(end?.x ?? 0, (columnX[previous?.rank ?? 0] ?? 0) + (columns[previous?.rank ?? 0]?.width ?? 0) / 2) + turn
      const start = x - (columns[rank]?.width ?? 0) / 2 - turn
      points.push({ x: edge, y: end?.y ?? y }, { x: edge, y: strip }, { x: start, y: strip }, { x: start, y })
    }
    if (index > 0) points.push({ x: x - half, y })
    if (index < route.length - 1) points.push({ x: x + half, y })
  })
  return { from: route[0] ?? 0, to: route.at(-1) ?? 0, points, wraps }
}
