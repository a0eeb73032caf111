/** Pools over all spatial axes, which keep extent 1. */
import { intOf } from '../../attributes.ts'
import { shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['GlobalAveragePool', 'GlobalLpPool', 'GlobalMaxPool', 'com.microsoft::QLinearGlobalAveragePool'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const channels = intOf(context.node, 'channels_last', 0) === 1 && x ? x.length - 1 : 1
    return [{ dataType: typeAt(context, 0), shape: x?.map((dim, axis) => (axis === 0 || axis === channels ? dim : 1)) }]
  },
})
