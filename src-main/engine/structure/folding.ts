/** How a network folds: a tree of groups of layers, so that a net of thousands of layers opens as a page that can be read. */
import type { Layer, LayerGroup } from '#contract/graph.ts'
import { blockOf, blockSignature, hashOf, isGroup, networkOf } from './block.ts'
import type { Block, Network } from './block.ts'
import { foldByName } from './fold-by-name.ts'
import { foldByStructure } from './fold-by-structure.ts'

/** Items side by side beyond which names alone are not enough: repeated structure is looked for. */
const enoughItems = 16
/** Items side by side that can still be told apart. */
const mostItems = 100

/**
 * Groups of the layers that `describeLayers` found, the outer ones before what they hold. Every group is a run of
 * consecutive layers, so that folding any of them leaves a graph without cycles. Inputs and outputs stay outside.
 */
export function foldLayers(layers: readonly Layer[]): LayerGroup[] {
  const network = networkOf(layers)
  const first = layers.findIndex(({ kind }) => kind !== 'input')
  const last = layers.findLastIndex(({ kind }) => kind !== 'output')
  if (first < 0 || last <= first) return []
  const groups: LayerGroup[] = []
  const name = namer(layers)
  const add = (block: Block, parent: string | undefined): string => {
    if (!isGroup(block)) return layers[block.first]?.id ?? ''
    const title = block.title ?? describedAs(block, network)
    const id = name(title, block.title === undefined)
    const group: LayerGroup = { id: `group:${id}`, title: id, members: [], signature: hashOf(blockSignature(block, network)), ...(parent === undefined ? {} : { parent }) }
    groups.push(group)
    group.members.push(...block.items.map((item) => add(item, group.id)))
    return group.id
  }
  for (const block of readable(foldByName(first, last, network), network)) add(block, undefined)
  return groups
}

/** Folds further wherever too many items lie side by side. */
function readable(items: readonly Block[], network: Network): readonly Block[] {
  const inner = items.map((item) => (isGroup(item) ? { ...item, items: readable(item.items, network) } : item))
  if (inner.length <= enoughItems) return inner
  const folded = foldByStructure(inner, network).map((item) => (item.items.length > mostItems ? { ...item, items: bundled(item.items, network) } : item))
  // One block that holds everything is no folding.
  const opened = folded.length === 1 && folded[0] && isGroup(folded[0]) ? folded[0].items : folded
  return opened.length <= mostItems ? opened : bundled(opened, network)
}

/** Runs of equal blocks, then of equal resolution, then any, until few enough lie side by side at every level. */
function bundled(items: readonly Block[], network: Network): readonly Block[] {
  const equal = runsOf(items, (item) => (isGroup(item) ? blockSignature(item, network) : `layer ${item.first}`), ({ length }, first) => `${describedAs(first, network)} × ${length}`)
  const stages = equal.length <= mostItems ? equal : runsOf(equal, (item) => resolutionOf(item, network), (_, first) => resolutionOf(first, network))
  return chunked(stages.length === 1 && stages[0] && isGroup(stages[0]) ? stages[0].items : stages, network).map((item) => chunkedWithin(item, network))
}

function chunkedWithin(block: Block, network: Network): Block {
  return block.items.length > mostItems ? { ...block, items: chunked(block.items, network).map((item) => chunkedWithin(item, network)) } : block
}

function runsOf(items: readonly Block[], keyOf: (item: Block) => string, titleOf: (run: readonly Block[], first: Block) => string): readonly Block[] {
  const runs: Block[][] = []
  let previous: string | undefined
  for (const item of items) {
    const key = keyOf(item)
    if (key === previous) runs.at(-1)?.push(item)
    else runs.push([item])
    previous = key
  }
  return runs.map((run) => (run.length === 1 ? (run[0] as Block) : blockOf(run, titleOf(run, run[0] as Block))))
}

/** Equal parts in order. */
function chunked(items: readonly Block[], network: Network): readonly Block[] {
  if (items.length <= mostItems) return items
  const size = Math.max(2, Math.ceil(items.length / Math.ceil(mostItems / 2)))
  const titleOf = (position: number): string => network.layers[position]?.title ?? ''
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => {
    const part = items.slice(index * size, (index + 1) * size)
    if (part.length === 1) return part[0] as Block
    const block = blockOf(part)
    return { ...block, title: `${titleOf(block.first)} … ${titleOf(block.last)}` }
  })
}

function resolutionOf(block: Block, network: Network): string {
  const view = network.layers[block.last]?.view
  return view?.type === 'maps' ? `${view.height} × ${view.width}` : view?.type === 'tokens' ? `${view.tokens} tokens` : 'units'
}

/** What people call a block that has no name of its own. */
function describedAs(block: Block, network: Network): string {
  const { layers, sources } = network
  const inside = layers.slice(block.first, block.last + 1)
  const has = (kind: Layer['kind']): boolean => inside.some((layer) => layer.kind === kind)
  if (has('attention')) return 'Transformer block'
  const closing = inside.findLast(({ kind }) => kind === 'concat' || kind === 'join')
  if (closing?.kind === 'join' && closing.op === 'Mul' && !inside.some(({ kind, op }) => kind === 'join' && op !== 'Mul')) return 'Gated block'
  if (closing?.kind === 'join') return 'Residual block'
  if (!closing) return 'Block'
  const closingAt = layers.indexOf(closing)
  if (block.items.some((item) => isGroup(item) && describedAs(item, network) === 'Dense layer')) return 'Dense block'
  if (closingAt === block.last && (sources[closingAt] ?? []).some((source) => source < block.first)) return 'Dense layer'
  return (sources[closingAt]?.length ?? 0) > 2 ? 'Inception block' : inside[0]?.kind === 'convolution' && inside.length === 4 ? 'Fire block' : 'Branched block'
}

/** Titles of groups, all different and different from layers'. Described ones are counted from 1. */
function namer(layers: readonly Layer[]): (title: string, counts: boolean) => string {
  const used = new Set<string>()
  const counters = new Map<string, number>()
  const layerTitles = new Set(layers.map(({ title }) => title))
  return (title, counts) => {
    let candidate = title
    while (counts ? candidate === title || used.has(candidate) : used.has(candidate)) {
      counters.set(title, (counters.get(title) ?? (counts ? 0 : 1)) + 1)
      candidate = counts ? `${title} ${counters.get(title)}` : `${title} (${counters.get(title)})`
    }
    used.add(candidate)
    return layerTitles.has(candidate) && counts ? `${candidate} (group)` : candidate
  }
}
