/** The graph that is drawn: layers, and folded groups in place of what they hold. */
import type { Layer } from '#contract/graph.ts'
import type { Folds } from './folding.ts'
import type { NetworkTree } from './network-tree.ts'

export interface GraphItem {
  /** Layer id, or group id of a folded group. */
  readonly id: string
  readonly title: string
  /** The layer pictured: the layer itself, or the one whose output leaves the folded group. */
  readonly layer: Layer
  readonly folded: boolean
  /** Layers it stands for, in order. */
  readonly layers: readonly string[]
  /** The group it belongs to (or is), by which it can be folded. */
  readonly group: string | undefined
}

export interface GraphEdge { readonly from: number; readonly to: number }

export interface VisibleGraph {
  readonly items: readonly GraphItem[]
  /** Every edge goes from an earlier to a later item: acyclic by construction. */
  readonly edges: readonly GraphEdge[]
  /** Item that shows or hides a layer. */
  readonly itemOf: ReadonlyMap<string, number>
}

export function visibleGraph(tree: NetworkTree, folds: Folds): VisibleGraph {
  const items: GraphItem[] = []
  const collect = (id: string): void => {
    const group = tree.groups.get(id)
    if (group !== undefined && !folds.has(id)) { for (const member of group.members) collect(member); return }
    const layers = group?.layers ?? [id]
    const layer = tree.layers.get(group === undefined ? id : pictured(tree, layers))
    if (layer === undefined) return
    items.push({ id, title: group?.title ?? layer.title, layer, folded: group !== undefined, layers, group: group === undefined ? tree.parentOf.get(id) : id })
  }
  for (const root of tree.roots) collect(root)
  // The position of the last layer orders items so that a block comes after what it reads.
  const position = (item: GraphItem) => tree.order.get(item.layers.at(-1) ?? item.id) ?? 0
  items.sort((a, b) => position(a) - position(b))

  const itemOf = new Map<string, number>()
  items.forEach((item, index) => { for (const layer of item.layers) itemOf.set(layer, index) })
  const seen = new Set<number>()
  const edges: GraphEdge[] = []
  for (const layer of tree.layers.values()) {
    const to = itemOf.get(layer.id)
    for (const input of layer.inputs) {
      const from = itemOf.get(input)
      if (from === undefined || to === undefined || from >= to || seen.has(from * items.length + to)) continue
      seen.add(from * items.length + to)
      edges.push({ from, to })
    }
  }
  return { items, edges, itemOf }
}

/** The last layer of a group that feeds something outside of it. */
function pictured(tree: NetworkTree, layers: readonly string[]): string {
  const inside = new Set(layers)
  return layers.findLast((id) => tree.layers.get(id)?.outputs.some((output) => !inside.has(output))) ?? layers.at(-1) ?? ''
}
