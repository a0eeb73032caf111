/** Removes what no output of a graph depends on. */
import { valuesReadBy } from './captures.ts'
import { isStandard, type Model } from './model.ts'

/** Operators whose outputs beyond the first are optional: one that nobody names is not computed. */
const optionalOutputs: ReadonlySet<string> = new Set(['MaxPool', 'Dropout', 'BatchNormalization', 'LayerNormalization', 'RNN', 'GRU', 'LSTM'])

/** Drops nodes, optional outputs, initialisers and value infos that no output needs. Graph inputs stay: they are the model's signature. */
export function prune(model: Model): Model {
  const { graph } = model
  const needed = new Set(graph.outputs.map((output) => output.name))
  const kept = graph.nodes.toReversed().filter((node) => {
    if (!node.outputs.some((output) => needed.has(output))) return false
    for (const name of valuesReadBy(node)) needed.add(name)
    return true
  })
  const nodes = kept.reverse().map((node) => {
    if (!isStandard(node) || !optionalOutputs.has(node.opType)) return node
    const outputs = node.outputs.map((output, index) => (index === 0 || needed.has(output) ? output : ''))
    while (outputs.at(-1) === '') outputs.pop()
    return outputs.length === node.outputs.length && outputs.every((output, index) => output === node.outputs[index]) ? node : { ...node, outputs }
  })
  return {
    ...model,
    graph: {
      ...graph,
      nodes,
      initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
      valueInfos: new Map([...graph.valueInfos].filter(([name]) => needed.has(name))),
    },
  }
}
