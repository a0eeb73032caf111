/** Operators that keep the shape and change the element type. */
import { intOf } from '../../attributes.ts'
import { dataTypeOf, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Cast', 'CastLike', 'BitCast'],
  infer: (context) => {
    const dataType = context.node.opType === 'CastLike' ? typeAt(context, 1) : dataTypeOf(intOf(context.node, 'to', 1))
    return [{ dataType, shape: shapeAt(context, 0) }]
  },
})
