import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { withBatchIndices } from '../lowering/batch-indices.ts'

/** y[b, ...] = x[b, index[b, ...], ...]; dx adds dy at those places. Operator sets 11 to 13. */
export default defineGradient({
  op: 'GatherND',
  gradient: [
    (c) => {
      const indices = withBatchIndices(c.emit, c.input(1), intOf(c.node, 'batch_dims', 0))
      return c.emit.scatterND(c.emit.zerosLike(c.input(0)), indices, c.dy(), 'add')
    },
  ],
  samples: [
    { name: 'elements', inputs: [{ dims: [3, 4] }, { constant: [0, 1, 2, 3, 0, 1], dims: [3, 2], dataType: 'int64' }] },
    { name: 'rows, negative', inputs: [{ dims: [3, 4, 2] }, { constant: [2, -1, 0, 2], dims: [2, 2, 1], dataType: 'int64' }] },
    { name: 'one batch axis', attributes: { batch_dims: int(1) }, inputs: [{ dims: [2, 3, 4] }, { constant: [1, 1, 0, 2], dims: [2, 2, 1], dataType: 'int64' }] },
    { name: 'two batch axes', attributes: { batch_dims: int(2) }, inputs: [{ dims: [2, 2, 3, 2] }, { constant: [0, 1, 2, 0, 1, 0, 2, 1], dims: [2, 2, 2], dataType: 'int64' }] },
  ],
})
