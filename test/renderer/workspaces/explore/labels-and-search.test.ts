import { PerspectiveCamera, Vector3 } from 'three'
import { describe, expect, it } from 'vitest'
import { fitView } from '#renderer/three/fit-camera.ts'
import { layoutNetwork } from '#renderer/scenes/network-layout/network-layout.ts'
import { buildTree } from '#renderer/scenes/network-layout/network-tree.ts'
import { openingFolds } from '#renderer/scenes/network-layout/folding.ts'
import { visibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'
import { drawGraph, boxHeight, boxWidth } from '#renderer/workspaces/explore/graph/graph-layout.ts'
import { repeatsOf } from '#renderer/workspaces/explore/repeats.ts'
import { searchLayers } from '#renderer/workspaces/explore/search-layers.ts'
import { labelDetail, shortTitle, stageLabels } from '#renderer/workspaces/explore/stage-labels.ts'
import { denseNet, googLeNet, hugeNet, resNet, squeezeNet, vgg19 } from '../../../support/networks.ts'

const size = { width: 1000, height: 760 }

function labelsOf(make: () => ReturnType<typeof squeezeNet>, selected?: string) {
  const tree = buildTree(make())
  const graph = visibleGraph(tree, openingFolds(tree))
  const layout = layoutNetwork(graph, { width: 940, height: 600, tail: 0 })
  const camera = new PerspectiveCamera(28, size.width / size.height, 0.5, 4000)
  const corners = layout.walls.flatMap((wall) => [-1, 1].map((side) => new Vector3(wall.x + (side * wall.width) / 2, wall.y + (side * wall.height) / 2, 0)))
  const view = fitView(corners, new Vector3(-0.25, 0.15, 1), camera, size, { left: 28, right: 28, top: 76, bottom: 84 })
  camera.position.copy(view.position)
  camera.lookAt(view.target)
  camera.updateMatrixWorld()
  const places = new Map(layout.walls.map((wall) => [graph.items[wall.item]!.id, { ...wall, z: 0 }]))
  return stageLabels(graph.items, { camera, size, placeOf: (id) => places.get(id), hovered: undefined, selected, reserved: [] })
}

describe('labels on the stage', () => {
  it.each([['SqueezeNet', squeezeNet], ['ResNet-50', () => resNet()], ['VGG-19', vgg19], ['GoogLeNet', googLeNet], ['8,000 nodes', () => hugeNet(8000)]] as const)('of %s do not overlap and stay on the stage', (_, make) => {
    const labels = labelsOf(make)
    expect(labels.length).toBeGreaterThan(5)
    labels.forEach((label, i) => {
      expect(label.box.left).toBeGreaterThanOrEqual(0)
      expect(label.box.right).toBeLessThanOrEqual(size.width)
      expect(label.box.bottom).toBeLessThanOrEqual(size.height)
      for (const other of labels.slice(i + 1)) {
        const apart = label.box.right <= other.box.left || other.box.right <= label.box.left || label.box.bottom <= other.box.top || other.box.bottom <= label.box.top
        expect(apart, `${label.title} and ${other.title}`).toBe(true)
      }
    })
  })

  it('always name what is selected', () => {
    expect(labelsOf(squeezeNet, 'fire3/concat').find(({ item }) => item === 'fire3/concat')).toMatchObject({ title: 'fire3/concat', emphasis: 'selected' })
  })

  it('shorten paths to their last part and squares to one extent', () => {
    expect(shortTitle('layer1.0.conv2')).toBe('conv2')
    expect(shortTitle('fire2/expand3x3')).toBe('expand3x3')
    expect(shortTitle('features.layer2.0')).toBe('layer2.0')
    expect(shortTitle('features.1.block.0.0')).toBe('block.0.0')
    expect(shortTitle('conv1')).toBe('conv1')
    expect(shortTitle('12')).toBe('12')
    const graph = visibleGraph(buildTree(squeezeNet()), new Set())
    expect(labelDetail(graph.items[1]!)).toBe('64 × 113²')
  })
})

describe('searching layers', () => {
  const { layers } = squeezeNet()
  const titles = (query: string) => searchLayers(layers, query, 100).map(({ title }) => title)

  it('finds by every word, wherever it stands', () => {
    expect(titles('expand3x3 fire4')).toEqual(['fire4/expand3x3'])
    expect(titles('concat')).toHaveLength(8)
    expect(titles('relu conv1').at(0)).toBe('conv1')
    expect(titles('nothing like it')).toEqual([])
  })

  it('puts what begins with the word first', () => {
    expect(titles('pool')[0]).toMatch(/^pool/)
    expect(titles('conv1')[0]).toBe('conv1')
  })
})

describe('what repeats', () => {
  it('is named by what its blocks share', () => {
    expect(repeatsOf(buildTree(squeezeNet()))).toBe('fire × 8')
    expect(repeatsOf(buildTree(googLeNet()))).toBe('inception × 9')
    expect(repeatsOf(buildTree(hugeNet(500)))).toBe('blocks')
  })
})

describe('the drawn graph', () => {
  it.each([['SqueezeNet', squeezeNet], ['GoogLeNet', googLeNet], ['ResNet-50', () => resNet()], ['DenseNet', () => denseNet()]] as const)('of %s has no boxes that overlap and links that run down', (_, make) => {
    const graph = visibleGraph(buildTree(make()), new Set())
    const { boxes, curves, width, left } = drawGraph(graph)
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach((b) => expect(Math.abs(a.x - b.x) >= boxWidth - 1e-6 || Math.abs(a.y - b.y) >= boxHeight).toBe(true)))
    expect(curves).toHaveLength(graph.edges.length)
    for (const { top, bottom } of curves) expect(bottom).toBeGreaterThan(top)
    for (const { x } of boxes) {
      expect(x - boxWidth / 2).toBeGreaterThanOrEqual(left - 1e-6)
      expect(x + boxWidth / 2).toBeLessThanOrEqual(left + width + 1e-6)
    }
  })
})
