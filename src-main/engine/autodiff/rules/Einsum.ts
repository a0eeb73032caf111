/**
 * A sum of products over named axes: the gradient of one operand is the Einsum of dy with the other operands onto that operand's
 * axes; an axis that neither of those has was summed alone, and dy is spread along it. An operand that names an axis twice was read
 * along its diagonal, where its gradient lies too. Operator set 12 and later.
 */
import { string, stringOf } from '../../onnx/attributes.ts'
import { tensorOfNumbers } from '../../onnx/tensor-data.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { parseEinsum } from '../lowering/einsum.ts'
import type { Value } from '../emit.ts'

function gradientOf({ emit, node, inputs, dy }: GradientContext, index: number): Value {
  const { operands, output, extents } = parseEinsum(stringOf(node, 'equation', ''), inputs.map((value) => value?.dims ?? []))
  const own = operands[index] ?? ''
  const factors = [{ labels: output, value: dy() }, ...operands.flatMap((labels, at) => (at !== index && inputs[at] ? [{ labels, value: inputs[at] }] : []))]
  const available = new Set(factors.flatMap((factor) => [...Array.from(factor.labels)]))
  const axes = [...new Set(own)]
  const kept = axes.filter((label) => available.has(label)).join('')
  // Einsum names at least one axis an operand; numbers are multiplied afterwards.
  const tensors = factors.filter((factor) => factor.labels !== '')
  const scalars = factors.filter((factor) => factor.labels === '')
  const dims = Array.from(kept).map((label) => extents.get(label) ?? 1)
  const contracted = tensors.length === 0 ? undefined : emit.einsum(`${tensors.map((factor) => factor.labels).join(',')}->${kept}`, tensors.map((factor) => factor.value), dims)
  const values = [...(contracted ? [contracted] : []), ...scalars.map((factor) => factor.value)]
  const product = values.slice(1).reduce((total, value) => emit.mul(total, value), values[0] ?? dy())
  // Each axis at its first place; a second place of the same axis is put there by a product with the identity matrix.
  const aligned = emit.reshape(product, Array.from(own).map((label, at) => (available.has(label) && own.indexOf(label) === at ? (extents.get(label) ?? 1) : 1)))
  const diagonal = Array.from(own).reduce((value, label, at) => (own.indexOf(label) === at ? value : emit.mul(value, identity(emit, own, label, at, extents.get(label) ?? 1, value))), aligned)
  return emit.expand(diagonal, Array.from(own).map((label) => extents.get(label) ?? 1))
}

/** The identity matrix over the first place of a label and the place `at`, broadcasting along the other axes. */
function identity(emit: GradientContext['emit'], labels: string, label: string, at: number, extent: number, { dataType }: Value): Value {
  const entries = Array.from({ length: extent * extent }, (_, index) => (index % (extent + 1) === 0 ? 1 : 0))
  const dims = Array.from(labels).map((_, place) => (place === at || place === labels.indexOf(label) ? extent : 1))
  return emit.constant(tensorOfNumbers(dataType, dims, entries))
}

export default defineGradient({
  op: 'Einsum',
  gradient: gradientOf,
  samples: [
    { name: 'matrix product', inputs: [{ dims: [3, 4] }, { dims: [4, 5] }], attributes: { equation: string('ij,jk->ik') } },
    { name: 'batched, transposed output', inputs: [{ dims: [2, 3, 4] }, { dims: [2, 5, 4] }], attributes: { equation: string('bik,bjk->bji') } },
    { name: 'implicit output', inputs: [{ dims: [3, 4] }, { dims: [4, 2] }], attributes: { equation: string('ij,jk') } },
    { name: 'ellipsis', inputs: [{ dims: [2, 3, 3, 4] }, { dims: [2, 3, 4, 2] }], attributes: { equation: string('...ij,...jk->...ik') } },
    { name: 'ellipsis of one operand, implicit output', inputs: [{ dims: [2, 3, 4] }, { dims: [4, 2] }], attributes: { equation: string('...j,jk') } },
    { name: 'axes summed alone', inputs: [{ dims: [2, 3, 4] }, { dims: [4, 5] }], attributes: { equation: string('aij,jk->k') } },
    { name: 'scalar output', inputs: [{ dims: [3, 4] }, { dims: [3, 4] }], attributes: { equation: string('ij,ij->') } },
    { name: 'outer product', inputs: [{ dims: [3] }, { dims: [4] }], attributes: { equation: string('i,j->ij') } },
    { name: 'three operands', inputs: [{ dims: [2, 3] }, { dims: [3, 4] }, { dims: [4, 2] }], attributes: { equation: string('ij,jk,kl->il') } },
    { name: 'transpose of one operand', inputs: [{ dims: [2, 3, 4] }], attributes: { equation: string('abc->cab') } },
    { name: 'diagonal', inputs: [{ dims: [2, 3, 3] }], attributes: { equation: string('bii->bi') } },
    { name: 'trace of a product', inputs: [{ dims: [3, 3] }, { dims: [3, 2] }], attributes: { equation: string('ii,ij->j') } },
    { name: 'sum of one operand', inputs: [{ dims: [2, 3, 4] }], attributes: { equation: string('abc->b') } },
  ],
})
