import { describe, expect, it } from 'vitest'
import { crossings, orderLanes, placeLanes } from '#renderer/scenes/network-layout/lanes.ts'
import { spaceApart } from '#renderer/scenes/network-layout/pool-adjacent.ts'
import { assignRanks } from '#renderer/scenes/network-layout/ranks.ts'
import { buildTree } from '#renderer/scenes/network-layout/network-tree.ts'
import { visibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'
import { walk } from '#renderer/scenes/network-layout/walk.ts'
import { layoutNetwork } from '#renderer/scenes/network-layout/network-layout.ts'
import { wrapRows } from '#renderer/scenes/network-layout/wrap-rows.ts'
import { googLeNet, squeezeNet, StructureBuilder } from '../../../support/networks.ts'

describe('spacing in a fixed order', () => {
  it('leaves what is far enough apart where it wants to be', () => {
    expect(spaceApart([0, 10, 20], [1, 1, 1], [0, 5, 5])).toEqual([0, 10, 20])
  })

  it('shares a conflict by weight, and keeps the gap', () => {
    expect(spaceApart([0, 0], [1, 1], [0, 4])).toEqual([-2, 2])
    const [light, heavy] = spaceApart([0, 0], [1, 3], [0, 4])
    expect(heavy! - light!).toBeCloseTo(4)
    expect(heavy).toBeCloseTo(1)
  })

  it('is the least-squares answer: no small allowed move is better', () => {
    const wanted = [3, 1, 2, 2, 9, 8], weight = [1, 2, 1, 5, 1, 1], gap = [0, 1, 1, 1, 1, 2]
    const cost = (at: readonly number[]) => at.reduce((sum, y, i) => sum + weight[i]! * (y - wanted[i]!) ** 2, 0)
    const placed = spaceApart(wanted, weight, gap)
    placed.forEach((_, i) => [-0.01, 0.01].forEach((step) => {
      const moved = placed.map((y, j) => (j === i ? y + step : y))
      const allowed = moved.every((y, j) => j === 0 || y - moved[j - 1]! >= gap[j]! - 1e-9)
      if (allowed) expect(cost(moved)).toBeGreaterThanOrEqual(cost(placed) - 1e-9)
    }))
  })
})

describe('ranks', () => {
  it('put a short branch in the middle of its slack', () => {
    const b = new StructureBuilder()
    const input = b.maps('input', [], 3, 8)
    let long = input
    for (let i = 0; i < 3; i++) long = b.maps(`long${i}`, [long], 8, 8)
    const short = b.maps('short', [input], 8, 8)
    b.maps('join', [long, short], 8, 8)
    const graph = visibleGraph(buildTree(b.build()), new Set())
    const ranks = assignRanks(graph)
    expect(ranks[graph.itemOf.get('short')!]).toBe(2)
  })

  it('put a constant right before its reader', () => {
    const b = new StructureBuilder()
    let at = b.maps('input', [], 3, 8, 8, { kind: 'input' })
    const constant = b.vector('constant', [], 4, { kind: 'other', op: 'Constant' })
    for (let i = 0; i < 4; i++) at = b.maps(`conv${i}`, [at], 8, 8)
    b.maps('add', [at, constant], 8, 8)
    const graph = visibleGraph(buildTree(b.build()), new Set())
    const ranks = assignRanks(graph)
    expect(ranks[graph.itemOf.get('constant')!]).toBe(ranks[graph.itemOf.get('add')!]! - 1)
  })
})

describe('lanes', () => {
  it('untangle two crossed links', () => {
    // Two sources, two targets: 0 feeds 3 and 1 feeds 2.
    const { nodes, ranks } = orderLanes([0, 0, 1, 1], [{ from: 0, to: 3 }, { from: 1, to: 2 }])
    const place = nodes.map((_, node) => ranks[nodes[node]!.rank]!.indexOf(node))
    expect(crossings(nodes, ranks, place)).toBe(0)
  })

  it('count crossings', () => {
    const { nodes } = orderLanes([0, 0, 0, 1, 1, 1], [{ from: 0, to: 5 }, { from: 1, to: 4 }, { from: 2, to: 3 }])
    expect(crossings(nodes, [[0, 1, 2], [3, 4, 5]], [0, 1, 2, 0, 1, 2])).toBe(3)
  })

  it('share the waypoints of links from one source', () => {
    const { nodes } = orderLanes([0, 1, 2, 3], [{ from: 0, to: 1 }, { from: 1, to: 2 }, { from: 2, to: 3 }, { from: 0, to: 2 }, { from: 0, to: 3 }])
    expect(nodes.filter(({ item }) => item === undefined)).toHaveLength(2)
  })

  it('keep the gap between neighbours of an inception block', () => {
    const graph = visibleGraph(buildTree(googLeNet()), new Set())
    const lanes = orderLanes(assignRanks(graph), graph.edges)
    const extent = (item: number | undefined) => (item === undefined ? 1 : 6)
    const at = placeLanes(lanes, extent, 2)
    for (const column of lanes.ranks) {
      column.forEach((node, i) => {
        const above = column[i - 1]
        if (above === undefined) return
        const least = (extent(lanes.nodes[above]?.item) + extent(lanes.nodes[node]?.item)) / 2 + 2
        expect(at[node]! - at[above]!).toBeGreaterThanOrEqual(least - 1e-9)
      })
    }
  })
})

describe('rows', () => {
  const columns = Array.from({ length: 12 }, () => ({ width: 10, top: -5, bottom: 5 }))

  it('break where one link crosses rather than where many do', () => {
    const crossings = Array.from({ length: 11 }, (_, i) => (i === 6 ? 1 : 6))
    const rows = wrapRows(columns, { columnGap: 2, rowGap: 2, aspect: 4, crossings })
    expect(rows.length).toBe(2)
    expect(rows[0]?.last).toBe(6)
  })

  it('hold every column once, in order', () => {
    const rows = wrapRows(columns, { columnGap: 2, rowGap: 2, aspect: 1, crossings: new Array<number>(11).fill(1) })
    expect(rows.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i))).toEqual(columns.map((_, i) => i))
  })
})

describe('walking', () => {
  const graph = visibleGraph(buildTree(squeezeNet()), new Set())
  const layout = layoutNetwork(graph, { width: 960, height: 640, tail: 0 })
  const at = (id: string) => graph.itemOf.get(id)!
  const go = (id: string, direction: Parameters<typeof walk>[3]) => graph.items[walk(graph, layout, at(id), direction)]?.id

  it('goes along the net with left and right', () => {
    expect(go('conv1', 'forward')).toBe('pool1')
    expect(go('pool1', 'back')).toBe('conv1')
    expect(go('data', 'back')).toBe('data')
  })

  it('goes between branches with up and down', () => {
    const other = go('fire2/expand1x1', 'down') === 'fire2/expand3x3' ? 'down' : 'up'
    expect(go('fire2/expand1x1', other)).toBe('fire2/expand3x3')
    expect(go('fire2/expand3x3', other === 'down' ? 'up' : 'down')).toBe('fire2/expand1x1')
  })

  it('reaches every layer from the first', () => {
    const seen = new Set<number>([0])
    const queue = [0]
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      for (const direction of ['forward', 'back', 'up', 'down'] as const) {
        const next = walk(graph, layout, item, direction)
        if (!seen.has(next)) { seen.add(next); queue.push(next) }
      }
    }
    expect(seen.size).toBe(graph.items.length)
  })
})
