/** LSTM, GRU, RNN: x [steps, batch, features], or batch first with layout 1 (operator set 14). Y, Y_h, Y_c. */
import { intOf, stringOf } from '../../attributes.ts'
import { shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['GRU', 'LSTM', 'RNN'],
  infer: (context) => {
    const { node } = context
    const dataType = typeAt(context, 0)
    const batchFirst = intOf(node, 'layout', 0) === 1
    const x = shapeAt(context, 0)
    const [steps, batch] = batchFirst ? [x?.[1] ?? null, x?.[0] ?? null] : [x?.[0] ?? null, x?.[1] ?? null]
    const directions = stringOf(node, 'direction', 'forward') === 'bidirectional' ? 2 : 1
    const hidden = node.attributes.has('hidden_size') ? intOf(node, 'hidden_size', 0) : (shapeAt(context, 2)?.[2] ?? null)
    const state = { dataType, shape: batchFirst ? [batch, directions, hidden] : [directions, batch, hidden] }
    return [{ dataType, shape: batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden] }, state, state]
  },
})
