/** Groups by the hierarchy that names spell: 'layer3.5.conv2' lies in 'layer3.5' in 'layer3'; 'fire4/expand3x3' in 'fire4'. */
import { blockOf, single } from './block.ts'
import type { Block, Network } from './block.ts'

/** A group that holds nearly all of what it stands in tells nothing ('features', 'encoder'). */
const tellingShare = 0.85

/** Prefixes of a title at its separators, the title itself last; none for titles that were counted out ('Conv 12'). */
function prefixesOf(title: string): readonly string[] {
  if (/ \d+$/.test(title) && !/[/.]/.test(title)) return []
  return [...[...title.matchAll(/[./]/g)].map(({ index }) => title.slice(0, index)), title].filter((prefix) => prefix !== '')
}

export function foldByName(first: number, last: number, network: Network): readonly Block[] {
  const prefixes = network.layers.map(({ title }) => prefixesOf(title))
  return foldLevel(first, last, 0, prefixes, network)
}

function foldLevel(first: number, last: number, depth: number, prefixes: readonly (readonly string[])[], network: Network): readonly Block[] {
  const items: Block[] = []
  for (let start = first; start <= last; ) {
    const end = endOfRun(start, last, depth, prefixes, network)
    const title = prefixes[start]?.[depth]
    if (end === start || title === undefined) items.push(single(start))
    else if (end - start + 1 >= tellingShare * (last - first + 1)) items.push(...foldLevel(start, end, depth + 1, prefixes, network))
    else items.push(blockOf(foldLevel(start, end, depth + 1, prefixes, network), title))
    start = end + 1
  }
  return items.flatMap((item) => (item.items.length === 1 && item.items[0]?.title === undefined ? item.items : [item]))
}

/** The last of the consecutive layers that share a prefix; layers without a name join those around them, or before them if they close a branch. */
function endOfRun(start: number, last: number, depth: number, prefixes: readonly (readonly string[])[], network: Network): number {
  const name = prefixes[start]?.[depth]
  if (name === undefined) return start
  let end = start
  for (let position = start + 1; position <= last; position++) {
    const own = prefixes[position]
    if (own?.[depth] === name) end = position
    else if (own && own.length > 0) break
    else if (position === end + 1 && end > start && closes(position, start, network)) end = position
  }
  return end
}

/** Whether a layer joins what a run has branched: all that it reads lies in the run. */
function closes(position: number, start: number, { sources, layers }: Network): boolean {
  const kind = layers[position]?.kind
  return (kind === 'concat' || kind === 'join') && (sources[position] ?? []).every((source) => source >= start)
}
