import type { Workspace } from './define-workspace.ts'

/** In rail order. Two workspaces with the same id or the same place in the order are a mistake. */
export function orderWorkspaces(found: readonly Workspace[]): readonly Workspace[] {
  const ids = new Set<string>()
  const orders = new Set<string>()
  for (const { id, place, order } of found) {
    if (ids.has(id)) throw new Error(`Two workspaces are called '${id}'.`)
    if (orders.has(`${place} ${order}`)) throw new Error(`Workspace '${id}' has the order ${order} of another one.`)
    ids.add(id)
    orders.add(`${place} ${order}`)
  }
  return found.toSorted((left, right) => left.order - right.order)
}

export const workspaces = orderWorkspaces(Object.values(import.meta.glob<Workspace>('./*/index.ts', { eager: true, import: 'default' })))
