/** Dropout: the mask is boolean from operator set 10 on. */
import { likeInput, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Dropout'],
  infer: (context) => [likeInput(context), { dataType: context.opset < 10 ? typeAt(context, 0) : 'bool', shape: shapeAt(context, 0) }],
})
