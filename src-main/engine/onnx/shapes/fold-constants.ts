/** Nodes whose results are known before the model runs become initialisers, and branches that are known to be taken part of the graph. */
import type { Model, Tensor } from '../model.ts'
import { prune } from '../prune.ts'
import type { Fact } from './define-shape.ts'
import { inferShapes } from './infer-shapes.ts'
import { resolveBranches } from './resolve-branches.ts'

/**
 * The model without the nodes that `facts` (of `inferShapes`) knows the results of, and without what nothing needs any more.
 * A node that yields an output of the model stays: outputs keep their names and their producers.
 */
export function foldConstants(model: Model, facts: ReadonlyMap<string, Fact>): Model {
  const resolved = resolveBranches(model, facts)
  if (resolved !== model) {
    const dims = model.graph.inputs.flatMap(({ name }) => { const shape = facts.get(name)?.shape; return shape ? [[name, shape] as const] : [] })
    return foldConstants(resolved, inferShapes(resolved, Object.fromEntries(dims)))
  }
  const { graph } = model
  const results = new Set(graph.outputs.map((output) => output.name))
  const folded = new Map<string, Tensor>()
  const nodes = graph.nodes.filter((node) => {
    const outputs = node.outputs.filter(Boolean)
    const constants = outputs.map((name) => facts.get(name)?.constant)
    if (outputs.length === 0 || outputs.some((name) => results.has(name)) || !constants.every((constant): constant is Tensor => constant !== undefined)) return true
    for (const [index, name] of outputs.entries()) folded.set(name, constants[index] as Tensor)
    return false
  })
  return prune({ ...model, graph: { ...graph, nodes, initializers: new Map([...graph.initializers, ...folded]) } })
}
