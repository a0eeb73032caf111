/** What folds, and that any net opens with few enough items. */
import { describe, expect, it } from 'vitest'
import type { NetworkStructure } from '#contract/graph.ts'
import { int, ints } from '#engine/onnx/attributes.ts'
import type { Node } from '#engine/onnx/model.ts'
import { anonymous } from '../../support/anonymous.ts'
import { cpuTimeOf } from '../../support/cpu-time.ts'
import { graph, modelOf, node, ones } from '../../support/graph-builder.ts'
import { described, opened } from '../../support/opened.ts'
import { describeWithTestdata, testdata } from '../../support/testdata.ts'
import { describeWithTorch, exportTorchvision } from '../../support/torchvision.ts'

/** Ids of what is visible when everything is folded, in order. */
function roots({ layers, groups }: NetworkStructure): readonly string[] {
  const inside = new Set(groups.flatMap(({ members }) => members))
  const positions = new Map(layers.map(({ id }, position) => [id, position]))
  const byId = new Map(groups.map((group) => [group.id, group]))
  const first = (id: string): number => positions.get(id) ?? first(byId.get(id)?.members[0] ?? '')
  return [...layers, ...groups].map(({ id }) => id).filter((id) => !inside.has(id)).sort((a, b) => first(a) - first(b))
}
const titles = (net: NetworkStructure, pattern: RegExp): readonly string[] => net.groups.map(({ title }) => title).filter((title) => pattern.test(title))
const signatures = (net: NetworkStructure, pattern: RegExp): ReadonlySet<string> => new Set(net.groups.filter(({ title }) => pattern.test(title)).map(({ signature }) => signature))

const conv = (from: string, to: string): Node => node('Conv', `${from} w`, to, { pads: ints([1, 1, 1, 1]) })
const named = (nodes: readonly Node[], output: string): NetworkStructure => described(modelOf(graph(nodes, [['x', [1, 2, 8, 8]]], output, { w: ones(2, 2, 3, 3) })))

describeWithTestdata('folding of the test models', () => {
  it('folds a SqueezeNet into its eight fire modules, by name and by structure', async () => {
    const net = await opened(testdata('models/squeezenet1.1-caffe.onnx'))
    expect(titles(net, /./)).toEqual(['fire2', 'fire3', 'fire4', 'fire5', 'fire6', 'fire7', 'fire8', 'fire9'])
    expect(signatures(net, /./).size).toBe(1)
    const nameless = described(anonymous(net.model))
    expect(titles(nameless, /./)).toEqual(Array.from({ length: 8 }, (_, index) => `Fire block ${index + 1}`))
    expect(nameless.groups.map(({ members }) => members.length)).toEqual(Array<number>(8).fill(4))
    expect(signatures(nameless, /./).size).toBe(1)
  })

  it('folds a GoogLeNet into nine inceptions, by name and by structure', async () => {
    const net = await opened(testdata('models/googlenet-bvlc.onnx'))
    expect(titles(net, /^inception/)).toHaveLength(9)
    expect(signatures(net, /^inception/).size).toBe(1)
    const nameless = described(anonymous(net.model))
    expect(titles(nameless, /^Inception block/)).toHaveLength(9)
    expect(signatures(nameless, /^Inception block/).size).toBe(1)
  })

  it('finds the inverted residuals of a MobileNetV2 whose names are only counted, those without a shortcut too', async () => {
    const net = await opened(testdata('models/mobilenetv2-1.0-224-qat-dequant.onnx'))
    expect(titles(net, /^Residual block/)).toHaveLength(10)
    expect(titles(net, /^Block/)).toHaveLength(6)
  })
})

describeWithTorch('folding of torchvision networks', () => {
  it('folds a ResNet-50 into four stages of 3, 4, 6 and 3 blocks by name, into 16 blocks by structure', async () => {
    const net = await opened(exportTorchvision('resnet50', 13))
    expect(net.groups.filter(({ parent }) => parent === undefined).map(({ title, members }) => [title, members.length])).toEqual([['layer1', 3], ['layer2', 4], ['layer3', 6], ['layer4', 3]])
    expect(titles(described(anonymous(net.model)), /^Residual block/)).toHaveLength(16)
  })

  it('folds a transformer into its blocks, by structure too', async () => {
    const net = await opened(exportTorchvision('vit_b_16', 14))
    expect(titles(net, /encoder_layer_\d+$/)).toHaveLength(12)
    const nameless = described(anonymous(net.model))
    expect(titles(nameless, /^Transformer block/)).toHaveLength(12)
    expect(signatures(nameless, /^Transformer block/).size).toBe(1)
    expect(roots(nameless).length).toBeLessThan(24)
  })

  it('folds dense blocks into their layers, by structure too', async () => {
    const net = described(anonymous((await opened(exportTorchvision('densenet121', 13))).model))
    expect(net.groups.filter(({ title }) => title.startsWith('Dense block'))).toHaveLength(4)
    expect(roots(net).length).toBeLessThan(32)
  })
})

describe('folding', () => {
  /** The promise: a net of 8,000 nodes opens folded. */
  const mostRoots = 100

  it('opens a residual net of 8,000 nodes with at most 100 items at every level', () => {
    const nodes = Array.from({ length: 2000 }, (_, index) => [conv(`x${index}`, `a${index}`), node('Relu', `a${index}`, `r${index}`), conv(`r${index}`, `b${index}`), node('Add', `b${index} x${index}`, `x${index + 1}`)]).flat()
    const { result: net, milliseconds } = cpuTimeOf(() => named([node('Relu', 'x', 'x0'), ...nodes], 'x2000'))
    expect(net.layers).toHaveLength(3 * 2000 + 2)
    expect(roots(net).length).toBeLessThanOrEqual(mostRoots)
    for (const group of net.groups) expect(group.members.length).toBeLessThanOrEqual(mostRoots)
    // Shapes, layers and groups together; about a second, cold.
    expect(milliseconds).toBeLessThan(3000)
  })

  it('opens a plain chain of 8,000 nodes with at most 100 items at every level', () => {
    const net = named(Array.from({ length: 8000 }, (_, index) => conv(index === 0 ? 'x' : `c${index - 1}`, `c${index}`)), 'c7999')
    expect(roots(net).length).toBeLessThanOrEqual(mostRoots)
    for (const group of net.groups) expect(group.members.length).toBeLessThanOrEqual(mostRoots)
  })

  it('leaves small nets as they are, and names that hold everything aside', () => {
    const chain = ['features.0', 'features.1', 'features.2', 'head'].map((name, index, names) => ({ ...conv(index === 0 ? 'x' : (names[index - 1] ?? ''), name), name }))
    expect(named(chain, 'head').groups.map(({ title }) => title)).toEqual(['features'])
    expect(named(chain.slice(0, 3), 'features.2').groups).toEqual([])
  })

  it('lets a nameless concatenation close the block whose branches it joins', () => {
    const nodes = [{ ...conv('x', '1'), name: 'block/left' }, { ...conv('x', '2'), name: 'block/right' }, node('Concat', '1 2', '3', { axis: int(0) }), { ...conv('3', '4'), name: 'head' }]
    const net = named(nodes, '4')
    expect(net.groups.map(({ members }) => members)).toEqual([['block/left', 'block/right', 'Concat 1']])
  })
})
