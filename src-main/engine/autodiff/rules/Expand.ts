import { defineGradient } from '../define-gradient.ts'

/** Broadcasting to a shape; the walk sums over what was broadcast. Operator sets 8 to 13. */
export default defineGradient({
  op: 'Expand',
  gradient: [(c) => c.dy()],
  samples: [
    { name: 'axes of length 1', inputs: [{ dims: [3, 1, 2] }, { constant: [3, 4, 2], dims: [3], dataType: 'int64' }] },
    { name: 'new axes', inputs: [{ dims: [3, 1] }, { constant: [2, 3, 4], dims: [3], dataType: 'int64' }] },
    { name: 'a target that broadcasts as well', inputs: [{ dims: [3, 4] }, { constant: [2, 1, 1], dims: [3], dataType: 'int64' }] },
    { name: 'a scalar', inputs: [{ dims: [] }, { constant: [2, 2], dims: [2], dataType: 'int64' }] },
  ],
})
