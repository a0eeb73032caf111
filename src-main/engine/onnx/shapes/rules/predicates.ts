/** Elementwise operators that answer with booleans. */
import { broadcastAll } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['And', 'Equal', 'Greater', 'GreaterOrEqual', 'IsInf', 'IsNaN', 'Less', 'LessOrEqual', 'Not', 'Or', 'Xor'],
  infer: (context) => [{ dataType: 'bool', shape: broadcastAll(context) }],
})
