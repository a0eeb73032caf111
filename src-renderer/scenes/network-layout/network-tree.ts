/** The network as a forest: layers are leaves, groups are inner nodes, both in the order of the file. */
import type { Layer, LayerGroup, NetworkStructure } from '#contract/graph.ts'

export interface TreeGroup {
  readonly id: string
  readonly title: string
  readonly signature: string
  readonly members: readonly string[]
  readonly parent: string | undefined
  /** Ids of all layers inside, in order. */
  readonly layers: readonly string[]
  /** True for a group made here because the file offers none: see `bundleRuns`. */
  readonly synthetic: boolean
}

export interface NetworkTree {
  readonly layers: ReadonlyMap<string, Layer>
  readonly groups: ReadonlyMap<string, TreeGroup>
  /** Position of a layer in the file's order; the layout's tie-breaker. */
  readonly order: ReadonlyMap<string, number>
  readonly roots: readonly string[]
  readonly parentOf: ReadonlyMap<string, string>
}

/** More roots than this cannot be drawn legibly: runs of them are bundled. */
export const maxRoots = 96

export function buildTree(structure: NetworkStructure): NetworkTree {
  const layers = new Map(structure.layers.map((layer) => [layer.id, layer]))
  const order = new Map(structure.layers.map((layer, index) => [layer.id, index]))
  const sources = new Map(structure.groups.map((group) => [group.id, group]))
  const groups = new Map<string, TreeGroup>()
  const parentOf = new Map<string, string>()

  const visit = (group: LayerGroup, trail: readonly string[]): readonly string[] => {
    const inside: string[] = []
    for (const member of group.members) {
      if (parentOf.has(member) || trail.includes(member)) continue
      const nested = sources.get(member)
      if (nested === undefined && !layers.has(member)) continue
      parentOf.set(member, group.id)
      inside.push(...(nested === undefined ? [member] : visit(nested, [...trail, group.id])))
    }
    groups.set(group.id, {
      id: group.id, title: group.title, signature: group.signature, parent: trail.at(-1), layers: inside, synthetic: false,
      members: group.members.filter((member) => parentOf.get(member) === group.id),
    })
    return inside
  }
  for (const group of structure.groups) if (group.parent === undefined || !sources.has(group.parent)) visit(group, [])
  for (const [id, group] of groups) if (group.layers.length === 0) groups.delete(id)

  const firstOf = (id: string): number => order.get(groups.get(id)?.layers[0] ?? id) ?? 0
  const roots = [...groups.keys(), ...layers.keys()].filter((id) => !parentOf.has(id)).sort((a, b) => firstOf(a) - firstOf(b))
  const tree = { layers, groups, order, roots, parentOf }
  return roots.length <= maxRoots ? tree : bundleRuns(tree, maxRoots)
}

/** Folds runs of consecutive roots into synthetic groups, level by level, until at most `limit` roots remain. */
function bundleRuns(tree: NetworkTree, limit: number): NetworkTree {
  const groups = new Map(tree.groups)
  const parentOf = new Map(tree.parentOf)
  let roots = tree.roots
  for (let level = 1; roots.length > limit; level++) {
    // About equal branching at every level keeps each step of unfolding legible.
    const size = Math.max(2, Math.min(24, Math.ceil(roots.length / (limit * 0.75))))
    const next: string[] = []
    for (let start = 0; start < roots.length; start += size) {
      const members = roots.slice(start, start + size)
      const first = members[0]
      const last = members.at(-1)
      if (first === undefined || last === undefined) continue
      if (members.length === 1) { next.push(first); continue }
      const inside = members.flatMap((member) => groups.get(member)?.layers ?? [member])
      const id = `run:${level}:${start}`
      const titleOf = (member: string) => groups.get(member)?.title ?? tree.layers.get(member)?.title ?? member
      groups.set(id, {
        id, title: `${titleOf(first)} … ${titleOf(last)}`, signature: `run:${level}`, members, parent: undefined, layers: inside, synthetic: true,
      })
      for (const member of members) {
        parentOf.set(member, id)
        const group = groups.get(member)
        if (group !== undefined) groups.set(member, { ...group, parent: id })
      }
      next.push(id)
    }
    roots = next
  }
  return { ...tree, groups, parentOf, roots }
}
