/** Multiply-accumulates of a node: of products only, as the literature counts them. */
import { intOf, stringOf } from '../onnx/attributes.ts'
import type { Node } from '../onnx/model.ts'
import { knownCount } from './value-graph.ts'
import type { ValueGraph } from './value-graph.ts'

const lengthAt = (values: ValueGraph, name: string | undefined, axis: number): number => {
  const dim = values.shapeOf(name ?? '')?.at(axis)
  return typeof dim === 'number' ? dim : 1
}

/** Of the batch that the facts describe. */
export function multiplyAccumulatesOf(node: Node, values: ValueGraph): number {
  const { inputs } = node
  const yielded = knownCount(values.shapeOf(node.outputs[0] ?? ''))
  switch (node.opType) {
    case 'Conv': case 'FusedConv': case 'ConvInteger': case 'DeformConv':
      return yielded * knownCount(values.shapeOf(inputs[1] ?? '')?.slice(1))
    case 'QLinearConv':
      return yielded * knownCount(values.shapeOf(inputs[3] ?? '')?.slice(1))
    case 'ConvTranspose':
      return knownCount(values.shapeOf(inputs[0] ?? '')) * knownCount(values.shapeOf(inputs[1] ?? '')?.slice(1))
    case 'Gemm': case 'FusedGemm': case 'QGemm':
      return yielded * lengthAt(values, inputs[0], intOf(node, 'transA', 0) ? 0 : 1)
    case 'MatMul': case 'MatMulInteger': case 'QLinearMatMul': case 'MatMulIntegerToFloat': case 'DynamicQuantizeMatMul':
      return yielded * lengthAt(values, inputs[0], -1)
    case 'FusedMatMul': case 'TransposeMatMul':
      return yielded * lengthAt(values, inputs[0], intOf(node, 'transA', 0) ? -2 : -1)
    case 'Einsum': return einsum(node, values)
    case 'LSTM': return recurrent(node, values, 4)
    case 'GRU': return recurrent(node, values, 3)
    case 'RNN': return recurrent(node, values, 1)
    // Scores and their product with the values: length x length x features each.
    case 'Attention': case 'MultiHeadAttention': return node.domain === '' || node.opType === 'MultiHeadAttention' ? 2 * yielded * lengthAt(values, inputs[1] || inputs[0], -2) : yielded * (3 * lengthAt(values, inputs[0], -1) + 2 * lengthAt(values, inputs[0], 1))
    default: return 0
  }
}

/** Every combination of indices is one multiplication per operand beyond the first. */
function einsum(node: Node, values: ValueGraph): number {
  const terms = stringOf(node, 'equation', '').replaceAll(/\s/g, '').split('->')[0]?.split(',') ?? []
  if (terms.length < 2) return 0
  const extents = new Map<string, number>()
  for (const [index, term] of terms.entries()) for (const [axis, letter] of Array.from(term.replace('...', '')).entries()) extents.set(letter, lengthAt(values, node.inputs[index], axis - term.replace('...', '').length))
  return (terms.length - 1) * [...extents.values()].reduce((product, extent) => product * extent, 1)
}

/** steps x batch x directions x gates x hidden x (features + hidden). */
function recurrent(node: Node, values: ValueGraph, gates: number): number {
  const x = values.shapeOf(node.inputs[0] ?? '')
  const hidden = lengthAt(values, node.inputs[2], 2)
  return knownCount(x?.slice(0, 2)) * lengthAt(values, node.inputs[1], 0) * gates * hidden * (lengthAt(values, node.inputs[0], 2) + hidden)
}
