/** Layer normalisation written as arithmetic: (x - mean x) / sqrt(mean (x - mean x)^2 + epsilon), times a scale, plus a bias. Without the mean: RMS. */
import type { Node } from '../../onnx/model.ts'
import { definePattern, isInner, readsScalar, unitOf } from '../unit.ts'
import { onlyReaderOf } from '../value-graph.ts'
import type { ValueGraph } from '../value-graph.ts'

const skips: ReadonlySet<string> = new Set(['Cast', 'Identity'])

function producerOf(values: ValueGraph, name: string | undefined, members: Set<Node>): Node | undefined {
  let node = values.producerOf(name ?? '')
  while (node && skips.has(node.opType)) {
    members.add(node)
    node = values.producerOf(node.inputs[0] ?? '')
  }
  return node
}

/** The nodes that centre a value: Sub(x, ReduceMean(x)). */
function centring(node: Node | undefined, values: ValueGraph): { readonly x: string; readonly nodes: readonly Node[] } | undefined {
  const mean = node?.opType === 'Sub' ? values.producerOf(node.inputs[1] ?? '') : undefined
  return node && mean?.opType === 'ReduceMean' && mean.inputs[0] === node.inputs[0] ? { x: mean.inputs[0] ?? '', nodes: [node, mean] } : undefined
}

export default definePattern({
  anchors: ['Sqrt'],
  match: (root, values, taken) => {
    const members = new Set([root])
    let inner = producerOf(values, root.inputs[0], members)
    if (inner?.opType === 'Add' && readsScalar(inner, values)) {
      members.add(inner)
      inner = producerOf(values, values.dataInputsOf(inner)[0], members)
    }
    if (inner?.opType !== 'ReduceMean') return undefined
    members.add(inner)
    const square = producerOf(values, inner.inputs[0], members)
    if (!square || !(square.opType === 'Pow' || (square.opType === 'Mul' && square.inputs[0] === square.inputs[1]))) return undefined
    members.add(square)
    const squared = centring(producerOf(values, square.inputs[0], members), values)
    for (const node of squared?.nodes ?? []) members.add(node)
    let last = onlyReaderOf(values, root.outputs[0] ?? '')
    if (last?.opType === 'Reciprocal') {
      members.add(last)
      last = onlyReaderOf(values, last.outputs[0] ?? '')
    }
    if (!last || (last.opType !== 'Div' && last.opType !== 'Mul')) return undefined
    members.add(last)
    // Some exporters centre twice: once for the square, once for the quotient.
    for (const node of centring(producerOf(values, last.inputs[0], members), values)?.nodes ?? []) members.add(node)
    for (const op of ['Mul', 'Add']) {
      let next = onlyReaderOf(values, last.outputs[0] ?? '')
      if (next && skips.has(next.opType)) {
        const after = onlyReaderOf(values, next.outputs[0] ?? '')
        if (after?.opType === op) next = after
      }
      if (next?.opType !== op || values.dataInputsOf(next).length !== 1) continue
      members.add(next)
      last = next
    }
    if ([...members].some((node) => taken.has(node) || (node !== last && !isInner(node, members, values)))) return undefined
    return unitOf(squared ? 'LayerNormalization' : 'RMSNormalization', members, values)
  },
})
