/** The drawn graph from top to bottom: the same ranks and branches as in 3D, boxes of one size. */
import type { LayerKind } from '#contract/graph.ts'
import { orderLanes, placeLanes } from '#renderer/scenes/network-layout/lanes.ts'
import { assignRanks } from '#renderer/scenes/network-layout/ranks.ts'
import type { VisibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'

export const boxWidth = 176
export const boxHeight = 38
const rankHeight = 74
const laneGap = 22
const waypointWidth = 10

export interface GraphBox { readonly item: number; readonly x: number; readonly y: number }
export interface GraphCurve { readonly from: number; readonly to: number; readonly path: string; readonly top: number; readonly bottom: number }
export interface GraphDrawing {
  readonly boxes: readonly GraphBox[]
  readonly curves: readonly GraphCurve[]
  /** x of the leftmost edge; y begins at 0. */
  readonly left: number
  readonly width: number
  readonly height: number
}

export function drawGraph(graph: VisibleGraph): GraphDrawing {
  const ranks = assignRanks(graph)
  const lanes = orderLanes(ranks, graph.edges)
  const across = placeLanes(lanes, (item) => (item === undefined ? waypointWidth : boxWidth), laneGap)
  const boxes = graph.items.map((_, item): GraphBox => ({ item, x: across[item] ?? 0, y: (ranks[item] ?? 0) * rankHeight + boxHeight / 2 }))
  const curves = graph.edges.map(({ from, to }, index): GraphCurve => {
    const route = lanes.routes[index] ?? [from, to]
    const at = (node: number) => ({ x: across[node] ?? 0, y: (lanes.nodes[node]?.rank ?? 0) * rankHeight + boxHeight / 2 })
    let path = ''
    route.forEach((node, step) => {
      const { x, y } = at(node)
      const before = route[step - 1]
      if (before === undefined) { path = `M${x.toFixed(1)} ${y + boxHeight / 2}`; return }
      const start = at(before).y + boxHeight / 2
      const end = y - boxHeight / 2
      const middle = (start + end) / 2
      path += `C${at(before).x.toFixed(1)} ${middle} ${x.toFixed(1)} ${middle} ${x.toFixed(1)} ${end}`
      if (step < route.length - 1) path += `V${y + boxHeight / 2}`
    })
    return { from, to, path, top: at(from).y, bottom: at(to).y }
  })
  const left = Math.min(0, ...boxes.map(({ x }) => x - boxWidth / 2))
  const right = Math.max(0, ...boxes.map(({ x }) => x + boxWidth / 2))
  return { boxes, curves, left, width: right - left, height: (Math.max(0, ...ranks) + 1) * rankHeight - (rankHeight - boxHeight) }
}

/** Hue (degrees) by what a layer does; drawn with little chroma so that the accent stays the only colour that calls. */
export const kindHue: Readonly<Record<LayerKind, number | undefined>> = {
  input: undefined, output: undefined, other: undefined, reshape: undefined,
  convolution: 255, dense: 300, attention: 325, pooling: 150, resize: 175, normalization: 210, activation: 60, join: 30, concat: 85,
}
