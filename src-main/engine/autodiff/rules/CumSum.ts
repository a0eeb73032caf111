import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** y_i = sum of x_j, j <= i (exclusive: j < i; reverse: from the end); dx is the same sum of dy from the other end. Operator sets 11 to 14. */
export default defineGradient({
  op: 'CumSum',
  gradient: [
    (c) => {
      const flag = (name: string): boolean => intOf(c.node, name, 0) === 1
      return c.emit.cumSum(c.dy(), c.numbersInput(1)[0] ?? 0, { exclusive: flag('exclusive'), reverse: !flag('reverse') })
    },
  ],
  samples: [
    { name: 'forward', inputs: [{ dims: [2, 5] }, { constant: [1], dims: [], dataType: 'int64' }] },
    { name: 'exclusive', attributes: { exclusive: int(1) }, inputs: [{ dims: [4, 2] }, { constant: [0], dims: [], dataType: 'int64' }] },
    { name: 'reverse, negative axis', attributes: { reverse: int(1) }, inputs: [{ dims: [2, 5, 2] }, { constant: [-2], dims: [], dataType: 'int32' }] },
    { name: 'exclusive, reverse, axis of shape [1]', attributes: { exclusive: int(1), reverse: int(1) }, inputs: [{ dims: [5] }, { constant: [0], dims: [1], dataType: 'int64' }] },
  ],
})
