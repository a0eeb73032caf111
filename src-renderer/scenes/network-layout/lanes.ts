/** Ordering and placing within the ranks of a layered drawing (Sugiyama, Tagawa and Toda 1981). */
import { spaceApart } from './pool-adjacent.ts'
import type { GraphEdge } from './visible-graph.ts'

/** A place in a rank: an item, or a waypoint of links that pass by. All links of one source share its waypoints. */
export interface LaneNode {
  /** Item, or undefined for a waypoint. */
  readonly item: number | undefined
  readonly rank: number
  /** Items or waypoints one rank before and after, as indices into the nodes. */
  readonly before: number[]
  readonly after: number[]
}

export interface Lanes {
  readonly nodes: readonly LaneNode[]
  /** Nodes of each rank from one side to the other. */
  readonly ranks: readonly (readonly number[])[]
  /** For each edge, the nodes it passes, ends included. */
  readonly routes: readonly (readonly number[])[]
}

const sweeps = 6

export function orderLanes(ranks: readonly number[], edges: readonly GraphEdge[]): Lanes {
  const nodes: LaneNode[] = ranks.map((rank, item) => ({ item, rank, before: [], after: [] }))
  const columns: number[][] = Array.from({ length: Math.max(0, ...ranks) + 1 }, () => [])
  ranks.forEach((rank, item) => columns[rank]?.push(item))
  const waypoints = new Map<string, number>()
  const joined = new Set<string>()
  const connect = (from: number, to: number): void => {
    if (joined.has(`${from}>${to}`)) return
    joined.add(`${from}>${to}`)
    nodes[from]?.after.push(to)
    nodes[to]?.before.push(from)
  }
  const routes = edges.map(({ from, to }) => {
    const route = [from]
    for (let rank = (ranks[from] ?? 0) + 1; rank < (ranks[to] ?? 0); rank++) {
      const key = `${from}@${rank}`
      let waypoint = waypoints.get(key)
      if (waypoint === undefined) {
        waypoint = nodes.push({ item: undefined, rank, before: [], after: [] }) - 1
        waypoints.set(key, waypoint)
        // Waypoints begin on top: a residual link runs above the block that it skips.
        columns[rank]?.unshift(waypoint)
      }
      connect(route.at(-1) ?? from, waypoint)
      route.push(waypoint)
    }
    connect(route.at(-1) ?? from, to)
    return [...route, to]
  })
  return { nodes, ranks: untangle(nodes, columns), routes }
}

/** Barycenter sweeps; the ordering with the fewest crossings wins. */
function untangle(nodes: readonly LaneNode[], columns: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const place = new Array<number>(nodes.length).fill(0)
  const record = (order: readonly number[]) => order.forEach((node, index) => { place[node] = index })
  let current = columns.map((column) => [...column])
  current.forEach(record)
  let best = current
  let fewest = crossings(nodes, current, place)
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const forward = sweep % 2 === 0
    const next = current.map((column) => [...column])
    for (let step = 1; step < next.length; step++) {
      const column = next[forward ? step : next.length - 1 - step]
      if (column === undefined) continue
      const center = new Map(column.map((node) => {
        const around = forward ? nodes[node]?.before ?? [] : nodes[node]?.after ?? []
        return [node, around.length === 0 ? place[node] ?? 0 : around.reduce((sum, other) => sum + (place[other] ?? 0), 0) / around.length] as const
      }))
      column.sort((a, b) => (center.get(a) ?? 0) - (center.get(b) ?? 0))
      record(column)
    }
    current = next
    const count = crossings(nodes, current, place)
    if (count < fewest) { fewest = count; best = current }
  }
  return best
}

/** Crossings between neighbouring ranks, counted with a Fenwick tree (Barth, Mutzel and Jünger 2004). */
export function crossings(nodes: readonly LaneNode[], columns: readonly (readonly number[])[], place: readonly number[]): number {
  let count = 0
  for (const [rank, column] of columns.entries()) {
    const width = columns[rank + 1]?.length ?? 0
    const tree = new Array<number>(width + 1).fill(0)
    let added = 0
    for (const node of column) {
      const ends = (nodes[node]?.after ?? []).map((other) => place[other] ?? 0)
      for (const end of ends) {
        let notBeyond = 0
        for (let i = end + 1; i > 0; i -= i & -i) notBeyond += tree[i] ?? 0
        count += added - notBeyond
      }
      for (const end of ends) { added++; for (let i = end + 1; i <= width; i += i & -i) tree[i] = (tree[i] ?? 0) + 1 }
    }
  }
  return count
}

const relaxations = 12
/** How much more an item than a waypoint insists on its place, so that links bend around blocks and not blocks around links. */
const itemWeight = 12
/** The trunk runs straight: an item alone in its rank stays on the axis, and branches arrange themselves around it. */
const trunkWeight = 1e4

/** Cross-axis position of every node: near its neighbours, at least half of both extents plus `gap` apart, in the given order. */
export function placeLanes({ nodes, ranks }: Lanes, extent: (item: number | undefined) => number, gap: number): number[] {
  const at = new Array<number>(nodes.length).fill(0)
  const alone = new Set(ranks.flatMap((column) => {
    const items = column.filter((node) => nodes[node]?.item !== undefined)
    return items.length === 1 ? items : []
  }))
  const weightOf = (node: number) => (alone.has(node) ? trunkWeight : nodes[node]?.item === undefined ? 1 : itemWeight)
  const gaps = ranks.map((column) => column.map((node, index) => {
    const above = column[index - 1]
    return above === undefined ? 0 : (extent(nodes[above]?.item) + extent(nodes[node]?.item)) / 2 + gap
  }))
  const settle = (rank: number, wanted: (node: number) => number): void => {
    const column = ranks[rank] ?? []
    const placed = spaceApart(column.map((node) => (alone.has(node) ? 0 : wanted(node))), column.map(weightOf), gaps[rank] ?? [])
    column.forEach((node, index) => { at[node] = placed[index] ?? 0 })
  }
  const mean = (around: readonly number[], fallback: number): number => {
    let sum = 0, weight = 0
    for (const node of around) {
      const pull = nodes[node]?.item === undefined ? 1 : itemWeight
      sum += (at[node] ?? 0) * pull
      weight += pull
    }
    return weight === 0 ? fallback : sum / weight
  }
  ranks.forEach((_, rank) => settle(rank, () => 0))
  for (let round = 0; round < relaxations; round++) {
    for (let step = 0; step < ranks.length; step++) {
      const rank = round % 2 === 0 ? step : ranks.length - 1 - step
      settle(rank, (node) => mean([...(nodes[node]?.before ?? []), ...(nodes[node]?.after ?? [])], at[node] ?? 0))
    }
  }
  straighten(nodes, ranks, at)
  return at
}

/** Links that would have to move farther than this keep to the shape of what they pass. */
const levelWithin = 5

/** A link that runs outermost past all it passes is drawn level: at the height that its tallest neighbour demands. */
function straighten(nodes: readonly LaneNode[], ranks: readonly (readonly number[])[], at: number[]): void {
  const isWaypoint = (node: number | undefined): node is number => node !== undefined && nodes[node] !== undefined && nodes[node].item === undefined
  nodes.forEach((node, first) => {
    if (!isWaypoint(first) || node.before.some(isWaypoint)) return
    const chain = [first]
    for (let next = node.after.find(isWaypoint); next !== undefined; next = nodes[next]?.after.find(isWaypoint)) chain.push(next)
    const column = (member: number) => ranks[nodes[member]?.rank ?? 0] ?? []
    const heights = chain.map((member) => at[member] ?? 0)
    if (Math.max(...heights) - Math.min(...heights) > levelWithin) return
    if (chain.every((member) => column(member)[0] === member)) for (const member of chain) at[member] = Math.min(...heights)
    else if (chain.every((member) => column(member).at(-1) === member)) for (const member of chain) at[member] = Math.max(...heights)
  })
}
