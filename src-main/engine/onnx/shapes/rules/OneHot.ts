/** OneHot: a new axis of extent `depth`; the element type of the values. */
import { intOf } from '../../attributes.ts'
import { axisIn, elementsAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['OneHot'],
  infer: (context) => {
    const indices = shapeAt(context, 0)
    const dataType = typeAt(context, 2)
    if (!indices) return [{ dataType }]
    const at = axisIn(context, intOf(context.node, 'axis', -1), indices.length + 1)
    return [{ dataType, shape: [...indices.slice(0, at), elementsAt(context, 1)?.[0] ?? null, ...indices.slice(at)] }]
  },
})
