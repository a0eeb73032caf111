/** Topological order of a graph's nodes. */
import { AppError } from '#contract/errors.ts'
import { valuesReadBy } from './captures.ts'
import type { Node } from './model.ts'

/** The nodes such that each comes after those whose outputs it reads; the very same array where that is so already. */
export function topologicallySorted(nodes: readonly Node[]): readonly Node[] {
  const producers = new Map<string, number>()
  for (const [index, node] of nodes.entries()) for (const output of node.outputs) if (output !== '') producers.set(output, index)
  const dependencies = nodes.map((node) => valuesReadBy(node).flatMap((name) => producers.get(name) ?? []))
  if (dependencies.every((before, index) => before.every((other) => other < index))) return nodes
  return depthFirst(dependencies, (cycle) => {
    const shown = cycle.slice(0, 6).map((index) => `'${nodes[index]?.name || nodes[index]?.outputs[0]}' (${nodes[index]?.opType})`)
    throw new AppError('model-invalid', `The graph has a cycle, which ONNX does not allow: ${shown.join(' -> ')} -> ${cycle.length > 6 ? '...' : 'back to the first'}.`)
  }).flatMap((index) => nodes[index] ?? [])
}

/** Indices, dependencies first, otherwise in the given order. Iterative: chains of many thousand nodes are common. */
function depthFirst(dependencies: readonly (readonly number[])[], onCycle: (cycle: number[]) => never): number[] {
  const order: number[] = []
  const state = new Uint8Array(dependencies.length)
  const [waiting, open, done] = [0, 1, 2]
  for (const root of dependencies.keys()) {
    const path: { index: number; next: number }[] = state[root] === waiting ? [{ index: root, next: 0 }] : []
    while (path.length > 0) {
      const top = path.at(-1) as { index: number; next: number }
      state[top.index] = open
      const dependency = dependencies[top.index]?.[top.next++]
      if (dependency === undefined) {
        state[top.index] = done
        order.push(top.index)
        path.pop()
      } else if (state[dependency] === open) onCycle(path.slice(path.findIndex(({ index }) => index === dependency)).map(({ index }) => index))
      else if (state[dependency] === waiting) path.push({ index: dependency, next: 0 })
    }
  }
  return order
}
