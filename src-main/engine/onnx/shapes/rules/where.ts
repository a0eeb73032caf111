import { broadcastInputs, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Where'],
  infer: (context) => [{ dataType: typeAt(context, 1, typeAt(context, 2)), shape: broadcastInputs(context, [0, 1, 2]) }],
})
