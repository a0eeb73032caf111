/** y = the largest of each map: the first position that holds it receives dy. Operator set 1 and later. */
import { defineGradient } from '../define-gradient.ts'

export default defineGradient({
  op: 'GlobalMaxPool',
  gradient: [
    ({ emit, input, output, dy }) => {
      const [samples = 1, channels = 1] = input(0).dims
      const isLargest = emit.equal(emit.reshape(input(0), [samples, channels, -1]), emit.reshape(output(0), [samples, channels, 1]))
      const hits = emit.cast(isLargest, dy().dataType)
      // The running count of hits is 1 from the first hit to before the second.
      const isFirst = emit.and(isLargest, emit.less(emit.cumSum(hits, 2), 1.5))
      return emit.reshape(emit.gate(emit.reshape(dy(), [samples, channels, 1]), isFirst), input(0).dims)
    },
  ],
  samples: [
    { name: '2-D', inputs: [{ dims: [2, 3, 4, 5], distinct: true }] },
    { name: '1-D', inputs: [{ dims: [2, 3, 7], distinct: true }] },
    { name: '3-D', inputs: [{ dims: [1, 2, 3, 2, 4], distinct: true }] },
  ],
})
