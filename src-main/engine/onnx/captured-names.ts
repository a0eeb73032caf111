/** Names that the bodies of If, Loop and Scan read from the graph around them. */
import type { Graph, Node } from './model.ts'

export function capturedNames(node: Node): ReadonlySet<string> {
  const captured = new Set<string>()
  for (const attribute of node.attributes.values()) {
    const bodies = attribute.kind === 'graph' ? [attribute.value] : attribute.kind === 'graphs' ? attribute.value : []
    for (const body of bodies) for (const name of freeNames(body)) captured.add(name)
  }
  return captured
}

/** Names a graph reads and does not define. */
function freeNames(graph: Graph): ReadonlySet<string> {
  const defined = new Set([...graph.inputs.map((input) => input.name), ...graph.initializers.keys(), ...graph.nodes.flatMap((node) => node.outputs)])
  const read = [...graph.nodes.flatMap((node) => [...node.inputs, ...capturedNames(node)]), ...graph.outputs.map((output) => output.name)]
  return new Set(read.filter((name) => name !== '' && !defined.has(name)))
}
