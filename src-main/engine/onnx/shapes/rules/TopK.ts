/** TopK: k from the attribute (operator set 1) or the second input. */
import { intOf } from '../../attributes.ts'
import { axisIn, elementsAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['TopK'],
  infer: (context) => {
    const { node } = context
    const x = shapeAt(context, 0)
    if (!x) return [{ dataType: typeAt(context, 0) }, { dataType: 'int64' }]
    const at = axisIn(context, intOf(node, 'axis', -1), x.length)
    const count = node.attributes.has('k') ? intOf(node, 'k', 1) : (elementsAt(context, 1)?.[0] ?? null)
    const shape = x.map((dim, axis) => (axis === at ? count : dim))
    return [{ dataType: typeAt(context, 0), shape }, { dataType: 'int64', shape }]
  },
})
