/** From a visible graph to walls and links in space: x along the net, y up, all walls in one plane facing the viewer. */
import { orderLanes, placeLanes } from './lanes.ts'
import type { Lanes } from './lanes.ts'
import { assignRanks } from './ranks.ts'
import { slabDepth, wallExtent } from './wall-size.ts'
import type { VisibleGraph } from './visible-graph.ts'
import { wrapRows } from './wrap-rows.ts'
import type { Column, Row } from './wrap-rows.ts'

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

/** The stage to fill, in pixels, and what stands to the right of the last wall. */
export interface StageRoom { readonly width: number; readonly height: number; readonly tail: number }

const columnGap = 2.6
/** Gaps of a row may grow by this factor so that rows end flush. */
const mostStretch = 1.7
const laneGap = 1.9
const waypointExtent = 0.5
/** Two lines of text below a wall. */
const labelPixels = 44
/** A link to the next row runs this far above that row's highest wall, clear of the labels below the row that it leaves. */
const stripRise = 0.9
const rowGap = 1.9

/** Lays a graph out to fill a stage. The whole is centered on the origin. */
export function layoutNetwork(graph: VisibleGraph, room: StageRoom): NetworkLayout {
  if (graph.items.length === 0) return { walls: [], links: [], width: 0, height: 0 }
  const ranks = assignRanks(graph)
  const lanes = orderLanes(ranks, graph.edges)
  const extents = graph.items.map((item) => wallExtent(item.layer, item.folded))
  const cross = placeLanes(lanes, (item) => (item === undefined ? waypointExtent : (extents[item]?.height ?? 0)), laneGap)
  const columns = lanes.ranks.map((nodes): Column => {
    let width = 0, top = Infinity, bottom = -Infinity
    for (const node of nodes) {
      const item = lanes.nodes[node]?.item
      const half = (item === undefined ? waypointExtent : extents[item]?.height ?? 0) / 2
      if (item !== undefined) width = Math.max(width, extents[item]?.width ?? 0)
      top = Math.min(top, (cross[node] ?? 0) - half)
      bottom = Math.max(bottom, (cross[node] ?? 0) + half)
    }
    return { width, top, bottom }
  })
  const crossings = crossingRoutes(lanes, graph)

  // Text has a size in pixels, walls have one in world units: the second round knows how many pixels a unit will be.
  let pixel = 0.06
  let rows: readonly Row[] = []
  let width = 0, height = 0
  for (let round = 0; round < 3; round++) {
    const label = Math.min(5, labelPixels * pixel)
    const tail = { width: room.tail * pixel - columnGap, top: 0, bottom: 0 }
    const labeled = columns.map((column) => ({ ...column, bottom: column.bottom + label }))
    rows = wrapRows(room.tail > 0 ? [...labeled, tail] : labeled, { columnGap, rowGap, aspect: room.width / room.height, crossings: [...crossings, unbreakable] })
    width = Math.max(...rows.map((row) => row.width))
    height = rows.reduce((sum, row) => sum + row.bottom - row.top, 0) + (rows.length - 1) * rowGap
    pixel = Math.max(width / room.width, height / room.height)
  }

  // The cross axis points down until here, y points up from here on.
  const columnX: number[] = []
  const rowOf: number[] = []
  const rowY: number[] = []
  let y = height / 2
  rows.forEach((row, index) => {
    rowY.push(y + row.top)
    const between = row.last - row.first
    const stretched = columnGap + (between > 0 ? (width - row.width) / between : 0)
    const gap = stretched <= columnGap * mostStretch ? stretched : columnGap
    let x = -width / 2
    for (let rank = row.first; rank <= Math.min(row.last, columns.length - 1); rank++) {
      const wide = columns[rank]?.width ?? 0
      columnX.push(x + wide / 2)
      rowOf.push(index)
      x += wide + gap
    }
    y -= row.bottom - row.top + rowGap
  })
  const nodeY = (node: number): number => (rowY[rowOf[lanes.nodes[node]?.rank ?? 0] ?? 0] ?? 0) - (cross[node] ?? 0)
  const walls = graph.items.map((item, index): WallPlace => {
    const rank = ranks[index] ?? 0
    const { width: wide, height: high } = extents[index] ?? { width: 0, height: 0 }
    return { item: index, x: columnX[rank] ?? 0, y: nodeY(index), width: wide, height: high, depth: slabDepth(item.layer), rank, row: rowOf[rank] ?? 0 }
  })
  const strips = rows.map((row, index) => (rowY[index] ?? 0) - row.bottom - rowGap + stripRise)
  const links = graph.edges.map(({ from, to }, edge) => routeLink(lanes, lanes.routes[edge] ?? [from, to], { columnX, rowOf, nodeY, columns, walls, strips }))
  return { walls, links, width, height }
}

/** The answer stays in the row of the last wall. */
const unbreakable = 1e4

/** What a break after each rank would cut: routes on the side where they are more, and blocks torn apart. */
function crossingRoutes({ nodes, ranks }: Lanes, graph: VisibleGraph): readonly number[] {
  return ranks.slice(0, -1).map((column, rank) => {
    const leaving = column.filter((node) => (nodes[node]?.after.length ?? 0) > 0).length
    const arriving = (ranks[rank + 1] ?? []).filter((node) => (nodes[node]?.before.length ?? 0) > 0).length
    const groupOf = (node: number) => graph.items[nodes[node]?.item ?? -1]?.group
    const torn = column.some((node) => groupOf(node) !== undefined && nodes[node]?.after.some((next) => groupOf(next) === groupOf(node)) === true)
    return Math.max(leaving, arriving) + (torn ? tornBlock : 0)
  })
}

/** A block torn between two rows weighs as much as so many links. */
const tornBlock = 3

interface Places {
  readonly columnX: readonly number[]
  readonly rowOf: readonly number[]
  readonly nodeY: (node: number) => number
  readonly columns: readonly { readonly width: number }[]
  readonly walls: readonly WallPlace[]
  /** Height of the free strip below each row, where links run back. */
  readonly strips: readonly number[]
}

function routeLink({ nodes }: Lanes, route: readonly number[], { columnX, rowOf, nodeY, columns, walls, strips }: Places): LinkRoute {
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
      const strip = strips[row - 1] ?? 0
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
