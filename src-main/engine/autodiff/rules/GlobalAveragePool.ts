/** y = mean over the positions of each map: dx = dy / positions everywhere. Operator set 1 and later. */
import { elementCount } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'
import { fillMap } from '../lowering/blocked-layout.ts'

export default defineGradient({
  op: 'GlobalAveragePool',
  gradient: [({ emit, input, dy }) => fillMap(emit, dy(), input(0).dims, 1 / elementCount(input(0).dims.slice(2)))],
  samples: [
    { name: '2-D', inputs: [{ dims: [2, 3, 4, 5] }] },
    { name: '2-D, whole blocks of channels', inputs: [{ dims: [2, 16, 3, 2] }] },
    { name: '1-D', inputs: [{ dims: [2, 3, 7] }] },
    { name: '3-D', inputs: [{ dims: [1, 2, 3, 2, 4] }] },
  ],
})
