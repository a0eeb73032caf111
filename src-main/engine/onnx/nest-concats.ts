/**
 * Concat(a, b, c) as Concat(Concat(a, b), c) where Concat(a, b) is computed anyway. Densely connected networks concatenate everything
 * before at every layer: the gradients of n layers are then added n times as wholes, not n² / 2 times in pieces.
 */
import { intOf } from './attributes.ts'
import { isStandard, type Model } from './model.ts'

/** Every value keeps its name and content. */
export function nestConcats(model: Model): Model {
  const made = new Map<string, string>()
  const keyOf = (axis: number, inputs: readonly string[]): string => JSON.stringify([axis, ...inputs])
  let nested = 0
  const nodes = model.graph.nodes.map((node) => {
    const [output] = node.outputs
    if (node.opType !== 'Concat' || !isStandard(node) || output === undefined) return node
    const axis = intOf(node, 'axis', 0)
    made.set(keyOf(axis, node.inputs), output)
    for (let length = node.inputs.length - 1; length >= 2; length--) {
      const beginning = made.get(keyOf(axis, node.inputs.slice(0, length)))
      if (beginning === undefined) continue
      nested++
      return { ...node, inputs: [beginning, ...node.inputs.slice(length)] }
    }
    return node
  })
  return nested === 0 ? model : { ...model, graph: { ...model.graph, nodes } }
}
