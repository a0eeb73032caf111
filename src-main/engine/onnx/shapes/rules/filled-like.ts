/** Tensors of their input's shape, of the type that `dtype` names or else of the input's. */
import { intOf } from '../../attributes.ts'
import { dataTypeOf, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Bernoulli', 'EyeLike', 'RandomNormalLike', 'RandomUniformLike'],
  infer: (context) => {
    const named = intOf(context.node, 'dtype', 0)
    return [{ dataType: named > 0 ? dataTypeOf(named) : typeAt(context, 0), shape: shapeAt(context, 0) }]
  },
})
