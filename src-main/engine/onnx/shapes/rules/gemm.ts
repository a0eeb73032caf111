/** alpha op(a) op(b) + beta c, of matrices. */
import { intOf } from '../../attributes.ts'
import { hasInput, mismatch, shapeAt, sharedDim, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { showShape } from '../dims.ts'

export default defineShape({
  ops: ['Gemm', 'com.microsoft::FusedGemm', 'com.microsoft::QGemm'],
  infer: (context) => {
    const { node } = context
    // QGemm: a, a_scale, a_zero_point, b, b_scale, b_zero_point, c, y_scale, y_zero_point; real output where y_scale is omitted.
    const quantized = node.opType === 'QGemm'
    const dataType = quantized ? (hasInput(context, 7) ? typeAt(context, 8, typeAt(context, 0)) : 'float32') : typeAt(context, 0)
    const a = shapeAt(context, 0)
    const b = shapeAt(context, quantized ? 3 : 1)
    const [rows, left] = intOf(node, 'transA', 0) ? [1, 0] : [0, 1]
    const [right, columns] = intOf(node, 'transB', 0) ? [1, 0] : [0, 1]
    for (const shape of [a, b]) if (shape && shape.length !== 2) mismatch(context, `its operands were expected to be matrices (rank 2), got ${showShape(a)} and ${showShape(b)}.`)
    sharedDim(context, `inner extents of ${showShape(a)} and ${showShape(b)} (transA ${left === 0}, transB ${right === 1})`, a?.[left], b?.[right])
    return [{ dataType, shape: [a?.[rows] ?? null, b?.[columns] ?? null] }]
  },
})
