/** y = mean over the positions of each map: dx = dy / positions everywhere. Operator set 1 and later. */
import { elementCount } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'

export default defineGradient({
  op: 'GlobalAveragePool',
  gradient: [({ emit, input, dy }) => emit.expand(emit.mul(dy(), 1 / elementCount(input(0).dims.slice(2))), input(0).dims)],
  samples: [
    { name: '2-D', inputs: [{ dims: [2, 3, 4, 5] }] },
    { name: '1-D', inputs: [{ dims: [2, 3, 7] }] },
    { name: '3-D', inputs: [{ dims: [1, 2, 3, 2, 4] }] },
  ],
})
