import { describe, expect, it } from 'vitest'
import type { NetworkStructure } from '#contract/graph.ts'
import { sampleLink } from '#renderer/scenes/network-layout/link-curve.ts'
import { allFolded, mostUnfolded, openingFolds } from '#renderer/scenes/network-layout/folding.ts'
import { layoutNetwork } from '#renderer/scenes/network-layout/network-layout.ts'
import { buildTree } from '#renderer/scenes/network-layout/network-tree.ts'
import { visibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'
import { dcganGenerator, denseNet, googLeNet, hugeNet, mnistNet, resNet, squeezeNet, vgg19 } from '../../../support/networks.ts'

const nets: readonly (readonly [string, () => NetworkStructure])[] = [
  ['SqueezeNet', squeezeNet], ['ResNet-50', () => resNet()], ['VGG-19', vgg19], ['GoogLeNet', googLeNet], ['MNIST net', mnistNet], ['DCGAN', dcganGenerator],
  ['DenseNet', () => denseNet()], ['8,000 nodes', () => hugeNet(8000)],
]
const room = { width: 960, height: 640, tail: 170 }
/** World units; rounding of sums. */
const epsilon = 1e-6

describe.each(nets)('the layout of %s', (_, make) => {
  const tree = buildTree(make())
  const foldings = [['as opened', openingFolds(tree)], ['folded', allFolded(tree)], ['unfolded', mostUnfolded(tree)]] as const

  it.each(foldings)('%s has no two walls that overlap', (_name, folds) => {
    const { walls } = layoutNetwork(visibleGraph(tree, folds), room)
    walls.forEach((a, i) => walls.slice(i + 1).forEach((b) => {
      const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 - epsilon || Math.abs(a.y - b.y) >= (a.height + b.height) / 2 - epsilon
      expect(apart, `${a.item} and ${b.item}`).toBe(true)
    }))
  })

  it.each(foldings)('%s runs forward: every link goes to a later column or row', (_name, folds) => {
    const graph = visibleGraph(tree, folds)
    const { walls } = layoutNetwork(graph, room)
    for (const { from, to } of graph.edges) {
      const [a, b] = [walls[from]!, walls[to]!]
      expect(b.rank).toBeGreaterThan(a.rank)
      expect(b.row > a.row || (b.row === a.row && b.x > a.x)).toBe(true)
    }
  })

  it.each(foldings)('%s draws links from wall to wall, through no wall between', (_name, folds) => {
    const { walls, links } = layoutNetwork(visibleGraph(tree, folds), room)
    for (const { from, to, points } of links) {
      const [a, b] = [walls[from]!, walls[to]!]
      expect(points[0]).toEqual({ x: a.x + a.width / 2, y: a.y })
      expect(points.at(-1)).toEqual({ x: b.x - b.width / 2, y: b.y })
      // Level runs pass by walls; they must pass outside of them.
      points.forEach((end, i) => {
        const start = points[i - 1]
        if (start === undefined || start.y !== end.y || end.x <= start.x) return
        for (const wall of walls) {
          if (wall.item === from || wall.item === to) continue
          const crosses = wall.x + wall.width / 2 > start.x + epsilon && wall.x - wall.width / 2 < end.x - epsilon && Math.abs(wall.y - end.y) < wall.height / 2 - epsilon
          expect(crosses, `link ${from} to ${to} through ${wall.item}`).toBe(false)
        }
      })
    }
  })

  it('keeps walls legible: the smallest at least a quarter of the largest', () => {
    const { walls } = layoutNetwork(visibleGraph(tree, openingFolds(tree)), room)
    const heights = walls.map(({ height }) => height)
    expect(Math.min(...heights) * 4).toBeGreaterThanOrEqual(Math.max(...heights) * 0.99)
  })

  it('is within the extents it states', () => {
    const { walls, width, height } = layoutNetwork(visibleGraph(tree, openingFolds(tree)), room)
    for (const wall of walls) {
      expect(Math.abs(wall.x) + wall.width / 2).toBeLessThanOrEqual(width / 2 + epsilon)
      expect(Math.abs(wall.y) + wall.height / 2).toBeLessThanOrEqual(height / 2 + epsilon)
    }
  })
})

describe('a layout', () => {
  it('fills the stage better with rows when the net is long', () => {
    const graph = visibleGraph(buildTree(vgg19()), new Set())
    const rows = (width: number) => Math.max(...layoutNetwork(graph, { ...room, width }).walls.map(({ row }) => row)) + 1
    expect(rows(960)).toBeGreaterThanOrEqual(2)
    expect(rows(480)).toBeGreaterThan(rows(3000))
  })

  it('puts a residual link beside the block that it skips', () => {
    const tree = buildTree(resNet([2]))
    const graph = visibleGraph(tree, new Set())
    const { links, walls } = layoutNetwork(graph, { width: 3000, height: 300, tail: 0 })
    const [from, to] = ['layer1.0.add', 'layer1.1.add'].map((id) => graph.items.findIndex((item) => item.id === id))
    const skip = links.find((link) => link.from === from && link.to === to)!
    const block = walls.filter(({ item }) => graph.items[item]!.id.startsWith('layer1.1.conv'))
    const highest = Math.max(...block.map(({ y, height }) => y + height / 2))
    const lowest = Math.min(...block.map(({ y, height }) => y - height / 2))
    const middle = skip.points.slice(1, -1)
    expect(middle.length).toBeGreaterThan(0)
    expect(middle.every(({ y }) => y > highest) || middle.every(({ y }) => y < lowest)).toBe(true)
  })

  it('of an empty net is empty', () => {
    expect(layoutNetwork(visibleGraph(buildTree({ layers: [], groups: [] }), new Set()), room)).toEqual({ walls: [], links: [], width: 0, height: 0 })
  })
})

describe('a link as a curve', () => {
  it('begins and ends at its points and never turns back on its way', () => {
    const samples = sampleLink([{ x: 0, y: 0 }, { x: 4, y: 3 }, { x: 9, y: 3 }, { x: 12, y: -1 }])
    expect(samples.slice(0, 2)).toEqual([0, 0])
    expect(samples.slice(-2).map((v) => Math.round(v * 1e6) / 1e6)).toEqual([12, -1])
    for (let i = 2; i < samples.length; i += 2) expect(samples[i]!).toBeGreaterThanOrEqual(samples[i - 2]!)
  })

  it('rounds right angles', () => {
    const samples = sampleLink([{ x: 0, y: 0 }, { x: 5, y: 0 }, { x: 5, y: -5 }])
    const atCorner = samples.some((x, i) => i % 2 === 0 && x === 5 && samples[i + 1] === 0)
    expect(atCorner).toBe(false)
  })
})
