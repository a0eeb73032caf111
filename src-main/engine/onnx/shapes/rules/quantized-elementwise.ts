/** com.microsoft operators on quantised operands: value, scale and zero point each. */
import { broadcastInputs, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['com.microsoft::QLinearAdd', 'com.microsoft::QLinearMul', 'com.microsoft::QLinearWhere'],
  infer: (context) =>
    context.node.opType === 'QLinearWhere'
      // condition, x, x_scale, x_zero_point, y, y_scale, y_zero_point, ...
      ? [{ dataType: typeAt(context, 1), shape: broadcastInputs(context, [0, 1, 4]) }]
      // a, a_scale, a_zero_point, b, ...
      : [{ dataType: typeAt(context, 0), shape: broadcastInputs(context, [0, 3]) }],
})
