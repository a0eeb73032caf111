/** Runs of consecutive layers, nested: what folds together. */
import type { Layer } from '#contract/graph.ts'

/** Layers from `first` to `last` (positions in topological order); a single layer has no items. */
export interface Block {
  readonly first: number
  readonly last: number
  /** What it consists of; empty for a single layer. */
  readonly items: readonly Block[]
  /** Absent for a single layer, and until it is known what to call a repeated block. */
  readonly title?: string
}

export const isGroup = (block: Block): boolean => block.items.length > 0
export const single = (position: number): Block => ({ first: position, last: position, items: [] })
export const sizeOf = (block: Block): number => block.last - block.first + 1

export function blockOf(items: readonly Block[], title?: string): Block {
  return { first: items[0]?.first ?? 0, last: items.at(-1)?.last ?? -1, items, ...(title === undefined ? {} : { title }) }
}

/** What a layer has in common with those that do the same elsewhere: widths, resolutions and strides may differ. */
export function layerSignature({ kind, op, fused, window, inputs }: Layer): string {
  return [kind, op, ...fused, window ? window.kernel.join('x') : '', window && window.groups > 1 ? 'grouped' : '', Math.min(inputs.length, 3)].join(',')
}

/** Layers, and where each reads from: how far before it within the block, or outside. */
export function blockSignature(block: Block, network: Network): string {
  const parts: string[] = []
  for (let position = block.first; position <= block.last; position++) {
    // What lies outside counts once: each layer of a dense block reads one more than the layer before it.
    const sources = new Set((network.sources[position] ?? []).map((source) => (source < block.first ? '<' : String(position - source))))
    parts.push(`${network.signatures[position]}:${[...sources].join('+')}`)
  }
  return parts.join(' ')
}

/** The layers by position, with what folding asks of them. */
export interface Network {
  readonly layers: readonly Layer[]
  readonly signatures: readonly string[]
  /** Positions of the layers that each layer reads, in order. */
  readonly sources: readonly (readonly number[])[]
  /** Position of the last layer that reads each layer; its own where none does. */
  readonly lastReader: readonly number[]
}

export function networkOf(layers: readonly Layer[]): Network {
  const positions = new Map(layers.map((layer, position) => [layer.id, position]))
  const sources = layers.map(({ inputs }) => inputs.map((id) => positions.get(id) ?? 0).sort((a, b) => a - b))
  const lastReader = layers.map((_, position) => position)
  for (const [position, read] of sources.entries()) for (const source of read) lastReader[source] = Math.max(lastReader[source] ?? 0, position)
  return { layers, signatures: layers.map(layerSignature), sources, lastReader }
}

/** FNV-1a, 32 bit: a short name for a long signature. */
export function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}
