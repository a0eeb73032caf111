import { intOf } from '../../attributes.ts'
import { axisIn, shapeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['ArgMax', 'ArgMin'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    if (!x) return [{ dataType: 'int64' }]
    const at = axisIn(context, intOf(context.node, 'axis', 0), x.length)
    const keep = intOf(context.node, 'keepdims', 1) === 1
    return [{ dataType: 'int64', shape: keep ? x.map((dim, axis) => (axis === at ? 1 : dim)) : x.filter((_, axis) => axis !== at) }]
  },
})
