/** Constant: one of the attributes holds the value. */
import { floatsOf, floatOf, intOf, intsOf, tensorAttributeOf } from '../../attributes.ts'
import type { Tensor } from '../../model.ts'
import { float32Tensor, int64Tensor } from '../../tensor-data.ts'
import { defineShape } from '../define-shape.ts'
import type { Fact, ShapeContext } from '../define-shape.ts'

function valueOf(node: ShapeContext['node']): Tensor | undefined {
  const integers = intsOf(node, 'value_ints')
  const reals = floatsOf(node, 'value_floats')
  if (integers) return int64Tensor([integers.length], integers)
  if (reals) return float32Tensor([reals.length], reals)
  if (node.attributes.has('value_int')) return int64Tensor([], [intOf(node, 'value_int', 0)])
  if (node.attributes.has('value_float')) return float32Tensor([], [floatOf(node, 'value_float', 0)])
  return node.attributes.has('value') ? tensorAttributeOf(node, 'value') : undefined
}

export default defineShape({
  ops: ['Constant'],
  infer: ({ node }): readonly (Fact | undefined)[] => {
    const strings = node.attributes.get('value_strings')
    if (strings?.kind === 'strings') return [{ dataType: 'string', shape: [strings.value.length] }]
    if (node.attributes.has('value_string')) return [{ dataType: 'string', shape: [] }]
    const constant = valueOf(node)
    return [constant && { dataType: constant.dataType, shape: constant.dims, constant }]
  },
})
