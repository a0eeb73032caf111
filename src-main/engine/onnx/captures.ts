/** Which values a node reads, those that its subgraphs (If, Loop, Scan bodies) take from around them included. */
import type { Graph, Node } from './model.ts'

export function subgraphsOf(node: Pick<Node, 'attributes'>): readonly Graph[] {
  if (node.attributes.size === 0) return []
  return [...node.attributes.values()].flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : []))
}

/** Names that the graph uses and does not define. */
export function capturedBy(graph: Graph): Set<string> {
  const defined = new Set([...graph.inputs.map((input) => input.name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => node.outputs)])
  const captured = new Set<string>()
  for (const name of [...graph.nodes.flatMap(valuesReadBy), ...graph.outputs.map((output) => output.name)]) if (!defined.has(name)) captured.add(name)
  return captured
}

/** Without repetition; omitted optional inputs are left out. */
export function valuesReadBy(node: Pick<Node, 'inputs' | 'attributes'>): readonly string[] {
  const subgraphs = subgraphsOf(node)
  const names = subgraphs.length === 0 ? node.inputs : [...node.inputs, ...subgraphs.flatMap((graph) => [...capturedBy(graph)])]
  return [...new Set(names.filter((name) => name !== ''))]
}
