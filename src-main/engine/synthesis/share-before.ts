import type { Layer } from '#contract/graph.ts'
import type { Network } from '../network/network.ts'

/** Of the multiply-accumulates of a forward pass, what is computed before these layers' values. */
export function shareBefore({ structure: { layers } }: Pick<Network, 'structure'>, ids: readonly Layer['id'][]): number {
  const needed = new Set<string>()
  const waiting = [...ids]
  const byId = new Map(layers.map((each) => [each.id, each]))
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (needed.has(id)) continue
    needed.add(id)
    waiting.push(...(byId.get(id)?.inputs ?? []))
  }
  const sum = (of: readonly Layer[]): number => of.reduce((total, { macs }) => total + macs, 0)
  const all = sum(layers)
  return all === 0 ? 1 : sum(layers.filter(({ id }) => needed.has(id))) / all
}
