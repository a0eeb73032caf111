import { intOf } from '../../attributes.ts'
import { dataTypeOf, shapeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Multinomial'],
  infer: (context) => [{ dataType: dataTypeOf(intOf(context.node, 'dtype', 6)), shape: [shapeAt(context, 0)?.[0] ?? null, intOf(context.node, 'sample_size', 1)] }],
})
