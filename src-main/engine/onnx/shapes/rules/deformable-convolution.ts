/** DeformConv: extents as Conv's. */
import { shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { windowPositions, windowsOf } from '../windows.ts'

export default defineShape({
  ops: ['DeformConv'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const w = shapeAt(context, 1)
    if (!x || !w) return [{ dataType: typeAt(context, 0) }]
    return [{ dataType: typeAt(context, 0), shape: [x[0] ?? null, w[0] ?? null, ...windowPositions(context, x.slice(2), windowsOf(context.node, x.length - 2, w.slice(2)))] }]
  },
})
