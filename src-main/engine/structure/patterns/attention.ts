/** Attention written as products: softmax(scale q k^T + mask) v, with the reshaping of q, k, v and of the result. */
import type { Node } from '../../onnx/model.ts'
import { definePattern, readsScalar, unitOf } from '../unit.ts'
import { onlyReaderOf } from '../value-graph.ts'
import type { ValueGraph } from '../value-graph.ts'

const products: ReadonlySet<string> = new Set(['MatMul', 'Einsum', 'FusedMatMul'])
const rearranging: ReadonlySet<string> = new Set(['Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Slice', 'Split', 'Gather', 'Flatten', 'Identity', 'Cast', 'Dropout'])
const adjusting: ReadonlySet<string> = new Set(['Add', 'Mul', 'Div', 'Sub', 'Where', 'Cast', 'Reshape', 'Identity', 'Dropout'])

const scales = (node: Node, values: ValueGraph): boolean => (node.opType === 'Mul' || node.opType === 'Div') && readsScalar(node, values)

/** Back from the softmax to the product of queries and keys. */
function scoresOf(softmax: Node, values: ValueGraph, members: Set<Node>): Node | undefined {
  let name = softmax.inputs[0] ?? ''
  for (let steps = 0; steps < 8; steps++) {
    const node = values.producerOf(name)
    if (!node || !onlyReaderOf(values, name)) return undefined
    members.add(node)
    if (products.has(node.opType)) return values.dataInputsOf(node).length === 2 ? node : undefined
    if (!adjusting.has(node.opType)) return undefined
    const next = node.opType === 'Where' ? node.inputs.slice(1).find((input) => values.isData(input)) : values.dataInputsOf(node)[0]
    if (next === undefined) return undefined
    name = next
  }
  return undefined
}

export default definePattern({
  anchors: ['Softmax'],
  match: (softmax, values, taken) => {
    const members = new Set([softmax])
    if (!scoresOf(softmax, values, members)) return undefined
    let product = onlyReaderOf(values, softmax.outputs[0] ?? '')
    while (product && adjusting.has(product.opType) && values.dataInputsOf(product).length === 1) {
      members.add(product)
      product = onlyReaderOf(values, product.outputs[0] ?? '')
    }
    if (!product || !products.has(product.opType) || values.dataInputsOf(product).length !== 2) return undefined
    members.add(product)
    // Forwards: the heads side by side again.
    for (let next = onlyReaderOf(values, product.outputs[0] ?? ''); next && rearranging.has(next.opType) && values.dataInputsOf(next).length === 1 && next.outputs.length === 1 && next.opType !== 'Slice' && next.opType !== 'Gather'; next = onlyReaderOf(values, next.outputs[0] ?? '')) members.add(next)
    // Backwards: whatever only rearranges or scales on the way to q, k and v, and feeds nothing else.
    const pending = [...members].flatMap((node) => values.dataInputsOf(node))
    for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
      const node = values.producerOf(name)
      if (!node || members.has(node) || taken.has(node) || values.dataInputsOf(node).length !== 1 || !(rearranging.has(node.opType) || scales(node, values))) continue
      if (!node.outputs.every((output) => !values.outputs.has(output) && values.readersOf(output).every((reader) => members.has(reader)))) continue
      members.add(node)
      pending.push(...values.dataInputsOf(node))
    }
    if ([...members].some((node) => taken.has(node))) return undefined
    return unitOf('Attention', members, values)
  },
})
