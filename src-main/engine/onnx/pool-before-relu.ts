/**
 * Relu then MaxPool as MaxPool then Relu: a monotone function and a maximum commute, and so do their gradients. The activation and
 * the gate of its gradient then work on the pooled map, a quarter of the elements for a pool of 2 by 2.
 */
import { valuesReadBy } from './captures.ts'
import { isStandard, type Model, type Node } from './model.ts'
import type { Fact } from './shapes/define-shape.ts'

const monotone: ReadonlySet<string> = new Set(['Relu', 'Clip'])

/** Exchanges wherever the activation is read by the pool alone; no value of `keep` is touched. The facts name the new value in between. */
export function poolBeforeRelu(model: Model, facts: ReadonlyMap<string, Fact>, keep: ReadonlySet<string>): { readonly model: Model; readonly facts: ReadonlyMap<string, Fact> } {
  const { graph } = model
  const readers = new Map<string, number>()
  for (const name of [...graph.nodes.flatMap(valuesReadBy), ...graph.outputs.map((output) => output.name)]) readers.set(name, (readers.get(name) ?? 0) + 1)
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output): [string, Node] => [output, node])))
  const replaced = new Map<Node, readonly Node[]>()
  const added = new Map<string, Fact>()
  for (const pool of graph.nodes) {
    const [between = ''] = pool.inputs
    const [output = ''] = pool.outputs
    const activation = producers.get(between)
    const fact = facts.get(output)
    // The second output, positions, does not commute: zeros tie after a Relu that differed before it.
    if (pool.opType !== 'MaxPool' || !isStandard(pool) || pool.outputs.length > 1 || !fact) continue
    if (!activation || !isStandard(activation) || !monotone.has(activation.opType) || readers.get(between) !== 1 || keep.has(between)) continue
    // Bounds that a run computes may be made after the activation's place in the order, or be differentiated themselves.
    if (activation.inputs.slice(1).some((name) => name !== '' && (!graph.initializers.has(name) || keep.has(name)))) continue
    const pooled = `${output}/before_${activation.opType}`
    added.set(pooled, fact)
    replaced.set(activation, [])
    replaced.set(pool, [
      { ...pool, inputs: [activation.inputs[0] ?? '', ...pool.inputs.slice(1)], outputs: [pooled] },
      { ...activation, inputs: [pooled, ...activation.inputs.slice(1)], outputs: [output] },
    ])
  }
  if (added.size === 0) return { model, facts }
  return { model: { ...model, graph: { ...graph, nodes: graph.nodes.flatMap((node) => replaced.get(node) ?? [node]) } }, facts: new Map([...facts, ...added]) }
}
