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
/** The same for what unfolds out of one group. */
export const maxMembers = 48
const largestRun = 24

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
  const tree = { layers, groups, order, parentOf }
  for (const group of [...groups.values()]) {
    if (group.members.length > maxMembers) groups.set(group.id, { ...group, members: bundleRuns(tree, group.id, group.members, maxMembers) })
  }
  return { ...tree, roots: bundleRuns(tree, undefined, roots, maxRoots) }
}

interface GrowingTree {
  readonly layers: ReadonlyMap<string, Layer>
  readonly groups: Map<string, TreeGroup>
  readonly parentOf: Map<string, string>
}

/** Bundles runs of consecutive members into synthetic groups, level by level, until at most `limit` are left. */
function bundleRuns({ layers, groups, parentOf }: GrowingTree, parent: string | undefined, members: readonly string[], limit: number): readonly string[] {
  const titleOf = (layer: string | undefined) => layers.get(layer ?? '')?.title ?? layer ?? ''
  let current = members
  for (let level = 1; current.length > limit; level++) {
    // About equal branching at every level keeps each step of unfolding legible.
    const size = Math.max(2, Math.min(largestRun, Math.ceil(current.length / (limit * 0.75))))
    const next: string[] = []
    for (let start = 0; start < current.length; start += size) {
      const run = current.slice(start, start + size)
      if (run.length === 1) { next.push(...run); continue }
      const id = `run:${parent ?? ''}:${level}:${start}`
      const inside = run.flatMap((member) => groups.get(member)?.layers ?? [member])
      groups.set(id, {
        id, title: `${titleOf(inside[0])} … ${titleOf(inside.at(-1))}`, signature: `run:${parent ?? ''}:${level}`, members: run, parent, synthetic: true, layers: inside,
      })
      if (parent !== undefined) parentOf.set(id, parent)
      for (const member of run) {
        parentOf.set(member, id)
        const group = groups.get(member)
        if (group !== undefined) groups.set(member, { ...group, parent: id })
      }
      next.push(id)
    }
    current = next
  }
  return current
}
