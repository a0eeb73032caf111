/** A model whose nodes have no names and whose values are counted, as some exporters leave them. */
import type { Model } from '#engine/onnx/model.ts'

export function anonymous(model: Model): Model {
  const { graph } = model
  const names = new Map<string, string>([['', '']])
  const renamed = (name: string): string => {
    const known = names.get(name)
    if (known !== undefined) return known
    names.set(name, String(names.size))
    return String(names.size - 1)
  }
  return {
    ...model,
    graph: {
      ...graph,
      inputs: graph.inputs.map((input) => ({ ...input, name: renamed(input.name) })),
      nodes: graph.nodes.map((node) => ({ ...node, name: '', inputs: node.inputs.map(renamed), outputs: node.outputs.map(renamed) })),
      outputs: graph.outputs.map((output) => ({ ...output, name: renamed(output.name) })),
      initializers: new Map([...graph.initializers].map(([name, tensor]) => [renamed(name), tensor])),
      valueInfos: new Map(),
    },
  }
}
