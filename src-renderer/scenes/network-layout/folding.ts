/** Which groups are folded: at the opening, and after the user folds or unfolds one. */
import type { NetworkTree } from './network-tree.ts'

export type Folds = ReadonlySet<string>

/** A net with more items than this opens with its repeated blocks folded. */
export const openItems = 48
/** Nothing ever draws more items than this; unfolding stops there. */
export const maxItems = 280

const memberCount = (tree: NetworkTree, id: string): number => tree.groups.get(id)?.members.length ?? 1

/** Items visible under these folds. */
export function countItems(tree: NetworkTree, folds: Folds): number {
  const count = (id: string): number => {
    const group = tree.groups.get(id)
    return group === undefined || folds.has(id) ? 1 : group.members.reduce((sum, member) => sum + count(member), 0)
  }
  return tree.roots.reduce((sum, root) => sum + count(root), 0)
}

/**
 * Folds everything, then opens groups from the outside in while at most `limit` items are visible: `level` opens a depth as a whole or not
 * at all, so that equal blocks look equal; `signature` opens as many kinds of block as fit.
 */
export function foldsWithin(tree: NetworkTree, limit: number, by: 'level' | 'signature'): Folds {
  const folds = new Set(tree.groups.keys())
  let visible = tree.roots.length
  let frontier = tree.roots.filter((id) => tree.groups.has(id))
  while (frontier.length > 0) {
    const together = new Map<string, string[]>()
    for (const id of frontier) {
      const key = by === 'level' ? '' : tree.groups.get(id)?.signature ?? id
      together.set(key, [...(together.get(key) ?? []), id])
    }
    const opened: string[] = []
    for (const ids of together.values()) {
      const growth = ids.reduce((sum, id) => sum + memberCount(tree, id) - 1, 0)
      if (visible + growth > limit) continue
      visible += growth
      for (const id of ids) folds.delete(id)
      opened.push(...ids)
    }
    frontier = opened.flatMap((id) => tree.groups.get(id)?.members ?? []).filter((id) => tree.groups.has(id))
  }
  return folds
}

export const openingFolds = (tree: NetworkTree): Folds => foldsWithin(tree, openItems, 'level')
/** Every group folded. */
export const allFolded = (tree: NetworkTree): Folds => new Set(tree.groups.keys())
/** As much open as can be drawn. */
export const mostUnfolded = (tree: NetworkTree): Folds => foldsWithin(tree, maxItems, 'signature')

/** Folds or unfolds one group; unfolding that would show more than `maxItems` leaves everything as it is. */
export function toggleFold(tree: NetworkTree, folds: Folds, group: string): Folds {
  const next = new Set(folds)
  if (!next.delete(group)) { next.add(group); return next }
  return countItems(tree, next) > maxItems ? folds : next
}

/** Opens what hides a layer, innermost members staying folded; the same folds when it cannot be shown. */
export function reveal(tree: NetworkTree, folds: Folds, layer: string): Folds {
  const next = new Set(folds)
  for (let id = tree.parentOf.get(layer); id !== undefined; id = tree.parentOf.get(id)) next.delete(id)
  if (next.size === folds.size) return folds
  return countItems(tree, next) > maxItems ? folds : next
}
