/** Operators whose number of results depends on the data. */
import { intOf } from '../../attributes.ts'
import { axisIn, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['NonMaxSuppression', 'NonZero', 'Unique'],
  infer: (context) => {
    const { node } = context
    const x = shapeAt(context, 0)
    if (node.opType === 'NonMaxSuppression') return [{ dataType: 'int64', shape: [null, 3] }]
    if (node.opType === 'NonZero') return [{ dataType: 'int64', shape: x ? [x.length, null] : [null, null] }]
    const indices = { dataType: 'int64' as const, shape: [null] }
    const at = x && node.attributes.has('axis') ? axisIn(context, intOf(node, 'axis', 0), x.length) : undefined
    // Unique: without an axis the input counts as flat.
    const shape = node.attributes.has('axis') ? x?.map((dim, axis) => (axis === at ? null : dim)) : [null]
    return [{ dataType: typeAt(context, 0), shape }, indices, indices, indices]
  },
})
