/** Elementwise operators of several inputs (multidirectional broadcasting, operator set 7 and later). */
import { broadcastAll, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Add', 'BitShift', 'BitwiseAnd', 'BitwiseOr', 'BitwiseXor', 'Div', 'Max', 'Mean', 'Min', 'Mod', 'Mul', 'Pow', 'Sub', 'Sum'],
  infer: (context) => [{ dataType: typeAt(context, 0), shape: broadcastAll(context) }],
})
