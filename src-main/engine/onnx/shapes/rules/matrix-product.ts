/** numpy.matmul of two operands, and its quantised and fused forms. */
import { intOf } from '../../attributes.ts'
import type { DataType, Shape } from '../../model.ts'
import { mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import type { ShapeContext } from '../define-shape.ts'
import { broadcastShapes, showShape, unifyDims } from '../dims.ts'

const secondOperand: Readonly<Record<string, number>> = { QLinearMatMul: 3 }

function resultType(context: ShapeContext): DataType {
  switch (context.node.opType) {
    case 'MatMulInteger': return 'int32'
    case 'QLinearMatMul': return typeAt(context, 7)
    case 'MatMulIntegerToFloat': return typeAt(context, 2)
    default: return typeAt(context, 0)
  }
}

const swapLast = (shape: Shape): Shape => (shape.length < 2 ? shape : [...shape.slice(0, -2), shape.at(-1) ?? null, shape.at(-2) ?? null])

export default defineShape({
  ops: ['MatMul', 'MatMulInteger', 'QLinearMatMul', 'com.microsoft::DynamicQuantizeMatMul', 'com.microsoft::FusedMatMul', 'com.microsoft::MatMulIntegerToFloat', 'com.microsoft::TransposeMatMul'],
  infer: (context) => {
    const dataType = resultType(context)
    const left = shapeAt(context, 0)
    const right = shapeAt(context, secondOperand[context.node.opType] ?? 1)
    if (!left || !right) return [{ dataType }]
    const a = intOf(context.node, 'transA', 0) ? swapLast(left) : left
    const b = intOf(context.node, 'transB', 0) ? swapLast(right) : right
    const inner = b.length === 1 ? b[0] : b.at(-2)
    const batch = broadcastShapes([a.slice(0, -2), b.slice(0, -2)])
    if (a.length === 0 || b.length === 0 || 'failsAt' in batch || unifyDims(a.at(-1) ?? null, inner ?? null) === undefined)
      mismatch(context, `its operands were expected to be multipliable, got ${showShape(a)} and ${showShape(b)}.`)
    return [{ dataType, shape: [...batch.shape, ...(a.length === 1 ? [] : [a.at(-2) ?? null]), ...(b.length === 1 ? [] : [b.at(-1) ?? null])] }]
  },
})
