/** Flatten: the axes before `axis`, and the rest, as one extent each. */
import { intOf } from '../../attributes.ts'
import { axisIn, shapeAt, typeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { productOf } from '../dims.ts'

export default defineShape({
  ops: ['Flatten'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    if (!x) return [{ dataType: typeAt(context, 0), shape: unknownShape(2) }]
    const axis = intOf(context.node, 'axis', 1)
    const at = axis === x.length ? axis : axisIn(context, axis, x.length + 1 - (axis < 0 ? 1 : 0))
    return [{ dataType: typeAt(context, 0), shape: [productOf(x.slice(0, at)), productOf(x.slice(at))] }]
  },
})
