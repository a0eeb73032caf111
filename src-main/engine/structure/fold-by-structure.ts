/**
 * Groups by structure, for nets without names: branches between two points that one value alone crosses make a block
 * (residual, inception); blocks that always follow each other belong together (squeeze and expand).
 */
import { blockOf, blockSignature, isGroup, single, sizeOf } from './block.ts'
import type { Block, Network } from './block.ts'

/** Layers beyond which a region between two cuts is looked into for repetition (a dense block). */
const largestRegion = 24
/** Layers that blocks which follow each other may have together. */
const largestMerged = 24
const longestPeriod = 12

export function foldByStructure(items: readonly Block[], network: Network): readonly Block[] {
  const regions = regionsOf(items, network).map((region) => (region.length === 1 ? (region[0] as Block) : regionBlock(region, network)))
  return withoutShortcut(companionsMerged(regions, network), network)
}

/** Items between cuts: after a cut, one value alone is read by what follows. */
function regionsOf(items: readonly Block[], { sources, lastReader }: Network): readonly (readonly Block[])[] {
  const regions: Block[][] = []
  let open: Block[] = []
  // Positions before the current one that something after it reads; a layer that nothing reads ends with itself.
  const live = new Set<number>(sources.slice(items[0]?.first ?? 0, (items.at(-1)?.last ?? -1) + 1).flat().filter((source) => source < (items[0]?.first ?? 0)))
  for (const item of items) {
    open.push(item)
    for (let position = item.first; position <= item.last; position++) live.add(position)
    for (const position of live) if ((lastReader[position] ?? 0) <= item.last) live.delete(position)
    if (live.size <= 1) {
      regions.push(open)
      open = []
    }
  }
  if (open.length > 0) regions.push(open)
  return regions
}

function regionBlock(region: readonly Block[], network: Network): Block {
  if (region.length <= largestRegion) return blockOf(region)
  return blockOf(periodsFolded(region, network))
}

/** Repetitions of a sequence right after itself, each as a block. */
function periodsFolded(items: readonly Block[], network: Network): readonly Block[] {
  const signs = items.map((item) => (isGroup(item) ? blockSignature(item, network) : (network.signatures[item.first] ?? '')))
  const folded: Block[] = []
  for (let start = 0; start < items.length; ) {
    let best = { period: 1, count: 1 }
    for (let period = 2; period <= longestPeriod; period++) {
      let count = 1
      while (start + (count + 1) * period <= items.length && signs.slice(start, start + period).every((sign, index) => sign === signs[start + count * period + index])) count++
      if (count > 1 && period * count > best.period * best.count) best = { period, count }
    }
    const { period, count } = best
    for (let repeat = 0; repeat < count; repeat++) {
      const part = items.slice(start + repeat * period, start + (repeat + 1) * period)
      folded.push(part.length === 1 ? (part[0] as Block) : blockOf(part))
    }
    start += period * count
  }
  return folded
}

/** Merges pairs of neighbours of which one never comes without the other, as long as one of them has branches. */
function companionsMerged(blocks: readonly Block[], network: Network): readonly Block[] {
  let current = blocks.map((block) => ({ block, sign: isGroup(block) ? blockSignature(block, network) : (network.signatures[block.first] ?? '') }))
  for (let round = 0; round < longestPeriod; round++) {
    const singles = new Map<string, number>()
    const pairs = new Map<string, { readonly first: string; readonly second: string; count: number }>()
    for (const [index, { block, sign }] of current.entries()) {
      singles.set(sign, (singles.get(sign) ?? 0) + 1)
      const next = current[index + 1]
      if (!next || sign === next.sign || !(isGroup(block) || isGroup(next.block)) || sizeOf(block) + sizeOf(next.block) > largestMerged) continue
      const key = `${sign} | ${next.sign}`
      const pair = pairs.get(key) ?? { first: sign, second: next.sign, count: 0 }
      pair.count++
      pairs.set(key, pair)
    }
    const companions = [...pairs.values()].filter(({ first, second, count }) => count > 1 && count === Math.max(singles.get(first) ?? 0, singles.get(second) ?? 0))
    // A single layer may occur elsewhere too, as long as it always leads into the block it precedes.
    const led = [...pairs.values()].filter(({ second, count }) => count > 2 && count === singles.get(second))
    const chosen = [...companions, ...led].sort((a, b) => b.count - a.count)[0]
    if (!chosen) break
    const merged: typeof current = []
    for (let index = 0; index < current.length; index++) {
      const [one, next] = [current[index], current[index + 1]]
      if (!one) continue
      if (next && one.sign === chosen.first && next.sign === chosen.second) {
        merged.push({ block: blockOf([one, next].flatMap(({ block }) => (isGroup(block) ? block.items : [block]))), sign: `${chosen.first} | ${chosen.second}` })
        index++
      } else merged.push(one)
    }
    current = merged
  }
  return current.map(({ block }) => block)
}

/** Layers in a row that are a block but for its closing sum: its form where extents change and no shortcut is possible. */
function withoutShortcut(blocks: readonly Block[], network: Network): readonly Block[] {
  const bodies = new Map<string, number>()
  for (const block of blocks) {
    if (!isGroup(block) || network.layers[block.last]?.kind !== 'join' || sizeOf(block) < 4) continue
    bodies.set(network.signatures.slice(block.first, block.last).join(' '), sizeOf(block) - 1)
  }
  const result: Block[] = []
  for (let index = 0; index < blocks.length; ) {
    const start = blocks[index] as Block
    const length = [...bodies].find(([body, size]) => blocks.slice(index, index + size).length === size && blocks.slice(index, index + size).every((block) => !isGroup(block)) && network.signatures.slice(start.first, start.first + size).join(' ') === body)?.[1]
    result.push(length === undefined ? start : blockOf(Array.from({ length }, (_, offset) => single(start.first + offset))))
    index += length ?? 1
  }
  return result
}
