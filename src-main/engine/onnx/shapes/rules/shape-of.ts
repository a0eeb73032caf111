/** Shape and Size of a value. */
import { intOf } from '../../attributes.ts'
import { shapeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Shape', 'Size'],
  infer: (context) => {
    if (context.node.opType === 'Size') return [{ dataType: 'int64', shape: [] }]
    const x = shapeAt(context, 0)
    // start and end (operator set 15) as Python's slices: clamped.
    const length = x?.slice(intOf(context.node, 'start', 0), intOf(context.node, 'end', x.length)).length
    return [{ dataType: 'int64', shape: [length ?? null] }]
  },
})
