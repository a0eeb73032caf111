/** Tensors of a shape that an input or an attribute lists. */
import { intOf, intsOf, tensorAttributeOf } from '../../attributes.ts'
import type { Shape } from '../../model.ts'
import { dataTypeOf, elementsAt, shapeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber } from '../dims.ts'

export default defineShape({
  ops: ['ConstantOfShape', 'RandomNormal', 'RandomUniform'],
  infer: (context) => {
    const { node } = context
    if (node.opType !== 'ConstantOfShape') return [{ dataType: dataTypeOf(intOf(node, 'dtype', 1)), shape: intsOf(node, 'shape') }]
    const rank = shapeAt(context, 0)?.[0]
    const shape: Shape | undefined = elementsAt(context, 0) ?? (isNumber(rank) ? unknownShape(rank) : undefined)
    return [{ dataType: tensorAttributeOf(node, 'value')?.dataType ?? 'float32', shape }]
  },
})
