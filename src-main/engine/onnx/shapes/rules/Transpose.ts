import { intsOf } from '../../attributes.ts'
import { mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { showShape } from '../dims.ts'

export default defineShape({
  ops: ['Transpose'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    if (!x) return [{ dataType: typeAt(context, 0) }]
    const order = intsOf(context.node, 'perm') ?? [...x.keys()].reverse()
    if (order.length !== x.length || [...order].sort((a, b) => a - b).some((axis, index) => axis !== index))
      mismatch(context, `perm was expected to order the ${x.length} axes of its input ${showShape(x)}, got [${order.join(', ')}].`)
    return [{ dataType: typeAt(context, 0), shape: order.map((axis) => x[axis] ?? null) }]
  },
})
