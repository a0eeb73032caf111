import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** Reverses the first sequence_lens[b] steps of every sequence: its own inverse, and so its own gradient. Operator set 10. */
export default defineGradient({
  op: 'ReverseSequence',
  gradient: [(c) => c.emit.reverseSequence(c.dy(), c.input(1), { batchAxis: intOf(c.node, 'batch_axis', 1), timeAxis: intOf(c.node, 'time_axis', 0) })],
  samples: [
    { name: 'time first', inputs: [{ dims: [5, 3, 2] }, { constant: [5, 1, 3], dims: [3], dataType: 'int64' }] },
    { name: 'batch first', attributes: { batch_axis: int(0), time_axis: int(1) }, inputs: [{ dims: [2, 4] }, { constant: [4, 2], dims: [2], dataType: 'int64' }] },
  ],
})
