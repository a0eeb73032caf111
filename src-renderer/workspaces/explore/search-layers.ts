/** Finding layers by what one remembers of them. */
import type { Layer } from '#contract/graph.ts'

/** Layers that hold every word of the query in their title, operators, sentence or id; matches at the start of a title first. */
export function searchLayers(layers: readonly Layer[], query: string, limit: number): readonly Layer[] {
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '')
  if (words.length === 0) return layers.slice(0, limit)
  const found: { readonly layer: Layer; readonly rank: number }[] = []
  for (const layer of layers) {
    const title = layer.title.toLowerCase()
    const all = `${title} ${layer.id.toLowerCase()} ${layer.op.toLowerCase()} ${layer.fused.join(' ').toLowerCase()} ${layer.sentence.toLowerCase()}`
    if (!words.every((word) => all.includes(word))) continue
    const first = words[0] ?? ''
    found.push({ layer, rank: title === first ? 0 : title.startsWith(first) ? 1 : title.includes(first) ? 2 : 3 })
  }
  return found.sort((a, b) => a.rank - b.rank).slice(0, limit).map(({ layer }) => layer)
}
