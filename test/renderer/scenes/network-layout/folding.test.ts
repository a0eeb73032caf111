import { describe, expect, it } from 'vitest'
import { allFolded, countItems, maxItems, mostUnfolded, openingFolds, openItems, reveal, toggleFold } from '#renderer/scenes/network-layout/folding.ts'
import { buildTree, maxMembers, maxRoots } from '#renderer/scenes/network-layout/network-tree.ts'
import { visibleGraph } from '#renderer/scenes/network-layout/visible-graph.ts'
import { googLeNet, hugeNet, resNet, squeezeNet, StructureBuilder } from '../../../support/networks.ts'

describe('the tree of a net', () => {
  it('holds every layer exactly once', () => {
    for (const structure of [squeezeNet(), resNet(), hugeNet(8000)]) {
      const tree = buildTree(structure)
      const inside = tree.roots.flatMap((id) => tree.groups.get(id)?.layers ?? [id])
      expect(inside.toSorted()).toEqual(structure.layers.map(({ id }) => id).toSorted())
    }
  })

  it('bundles runs of a net without blocks until it can be drawn', () => {
    const tree = buildTree(hugeNet(8000))
    expect(tree.roots.length).toBeLessThanOrEqual(maxRoots)
    expect([...tree.groups.values()].every(({ synthetic, members }) => synthetic && members.length >= 2 && members.length <= 24)).toBe(true)
  })

  it('bundles the members of a group that is too large to unfold at once', () => {
    const structure = hugeNet(3000)
    const inside = structure.layers.map(({ id }) => id).filter((id) => id.startsWith('node'))
    structure.groups.push({ id: 'all', title: 'Residual block × 750', members: inside, signature: 'x' })
    const tree = buildTree(structure)
    expect(tree.groups.get('all')?.members.length).toBeLessThanOrEqual(maxMembers)
    expect(tree.groups.get('all')?.layers).toEqual(inside)
    let folds = allFolded(tree)
    expect(countItems(tree, folds)).toBe(3)
    folds = toggleFold(tree, folds, 'all')
    expect(countItems(tree, folds)).toBeGreaterThan(20)
    expect(countItems(tree, folds)).toBeLessThanOrEqual(maxItems)
    // Every layer can be reached by unfolding.
    expect(visibleGraph(tree, reveal(tree, allFolded(tree), 'node1500')).items.some(({ id }) => id === 'node1500')).toBe(true)
  })

  it('survives groups that name unknown members or each other', () => {
    const structure = squeezeNet()
    structure.groups.push({ id: 'ghost', title: 'ghost', members: ['nobody'], signature: 'x' })
    structure.groups.push({ id: 'loop', title: 'loop', members: ['loop', 'conv1'], signature: 'y' })
    const tree = buildTree(structure)
    expect(tree.groups.has('ghost')).toBe(false)
    expect(tree.parentOf.get('conv1')).toBe('loop')
  })
})

describe('folding', () => {
  it('opens a small net unfolded, a large one with its blocks folded, all blocks alike', () => {
    const small = buildTree(squeezeNet())
    expect(openingFolds(small).size).toBe(0)
    const large = buildTree(resNet())
    const folds = openingFolds(large)
    expect([...folds].toSorted()).toEqual([...large.groups.keys()].toSorted())
    expect(countItems(large, folds)).toBeLessThanOrEqual(openItems)
  })

  it('opens a net of 8,000 layers with at most 100 items', () => {
    const tree = buildTree(hugeNet(8000))
    expect(visibleGraph(tree, openingFolds(tree)).items.length).toBeLessThanOrEqual(100)
  })

  it('never shows more than can be drawn, however much is unfolded', () => {
    for (const structure of [googLeNet(), hugeNet(8000)]) {
      const tree = buildTree(structure)
      expect(countItems(tree, mostUnfolded(tree))).toBeLessThanOrEqual(maxItems)
      let folds = allFolded(tree)
      for (const id of tree.groups.keys()) folds = toggleFold(tree, folds, id)
      expect(countItems(tree, folds)).toBeLessThanOrEqual(maxItems)
    }
  })

  it('folds and unfolds one block', () => {
    const tree = buildTree(squeezeNet())
    const folded = toggleFold(tree, new Set(), 'fire4')
    expect(visibleGraph(tree, folded).items.filter(({ folded: is }) => is).map(({ id }) => id)).toEqual(['fire4'])
    expect(toggleFold(tree, folded, 'fire4').size).toBe(0)
  })

  it('reveals a layer inside nested blocks', () => {
    const b = new StructureBuilder()
    const input = b.maps('input', [], 3, 8)
    b.group('outer', 'o')
    b.group('inner', 'i', 'outer')
    b.maps('deep', [input], 8, 8, 8, { group: 'inner' })
    const tree = buildTree(b.build())
    const folds = reveal(tree, allFolded(tree), 'deep')
    expect(folds.size).toBe(0)
    expect(reveal(tree, folds, 'deep')).toBe(folds)
  })
})

describe('the graph under folds', () => {
  it('shows a folded block by the layer whose output leaves it, linked to what it reads and feeds', () => {
    const tree = buildTree(squeezeNet())
    const { items, edges } = visibleGraph(tree, new Set(['fire2']))
    const index = items.findIndex(({ id }) => id === 'fire2')
    expect(items[index]?.layer.id).toBe('fire2/concat')
    expect(edges.filter(({ to }) => to === index).map(({ from }) => items[from]?.id)).toEqual(['pool1'])
    expect(edges.filter(({ from }) => from === index).map(({ to }) => items[to]?.id)).toEqual(['fire3/squeeze1x1'])
  })

  it('is acyclic even where a folded block both feeds and reads a layer outside of it', () => {
    const b = new StructureBuilder()
    const input = b.maps('input', [], 3, 8)
    b.group('block', 's')
    const first = b.maps('first', [input], 8, 8, 8, { group: 'block' })
    const outside = b.maps('outside', [first], 8, 8)
    b.maps('second', [outside], 8, 8, 8, { group: 'block' })
    const { edges, items } = visibleGraph(buildTree(b.build()), new Set(['block']))
    expect(items).toHaveLength(3)
    expect(edges.every(({ from, to }) => from < to)).toBe(true)
  })
})
