/** com.microsoft's fused attentions; the first output only, past and present states are left open. */
import { intsOf } from '../../attributes.ts'
import { shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { divideProducts } from '../dims.ts'

export default defineShape({
  ops: ['com.microsoft::Attention', 'com.microsoft::MultiHeadAttention', 'com.microsoft::QAttention'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = context.node.opType === 'QAttention' ? typeAt(context, 3) : typeAt(context, 0)
    if (!x) return [{ dataType }]
    const features = context.node.opType === 'MultiHeadAttention'
      ? (shapeAt(context, 2)?.[2] ?? null)
      : (intsOf(context.node, 'qkv_hidden_sizes')?.[2] ?? divideProducts([shapeAt(context, 1)?.[1] ?? null], [3]))
    return [{ dataType, shape: [x[0] ?? null, x[1] ?? null, features] }]
  },
})
