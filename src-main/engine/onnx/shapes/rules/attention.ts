/** Attention (operator set 23): q, k, v as [batch, heads, length, features] or [batch, length, heads x features]. */
import { intOf } from '../../attributes.ts'
import { shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { divideProducts, multiplyDims } from '../dims.ts'

export default defineShape({
  ops: ['Attention'],
  infer: (context) => {
    const dataType = typeAt(context, 0)
    const q = shapeAt(context, 0)
    const v = shapeAt(context, 2)
    if (!q || !v) return [{ dataType }]
    if (q.length === 4) return [{ dataType, shape: [...q.slice(0, 3), v[3] ?? null] }]
    const perHead = divideProducts([v[2] ?? null], [intOf(context.node, 'kv_num_heads', 1)])
    return [{ dataType, shape: [q[0] ?? null, q[1] ?? null, multiplyDims(perHead, intOf(context.node, 'q_num_heads', 1))] }]
  },
})
