/**
 * y = A B over the last two axes, the others broadcast: dA = dy B^T, dB = A^T dy. A vector on the left is a row, on the right a
 * column (numpy.matmul). Operator set 1 and later.
 */
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import type { Emit, Value } from '../emit.ts'

/** Both operands and dy with at least two axes. */
function matrices({ emit, input, dy }: GradientContext): { a: Value; b: Value; dy: Value } {
  const [left, right, gradient] = [input(0), input(1), dy()]
  const batch = gradient.dims.slice(0, gradient.dims.length - (left.dims.length > 1 ? 1 : 0) - (right.dims.length > 1 ? 1 : 0))
  const a = left.dims.length === 1 ? emit.reshape(left, [1, ...left.dims]) : left
  const b = right.dims.length === 1 ? emit.reshape(right, [...right.dims, 1]) : right
  return { a, b, dy: emit.reshape(gradient, [...batch, a.dims.at(-2) ?? 1, b.dims.at(-1) ?? 1]) }
}

function transposed(emit: Emit, value: Value): Value {
  const rank = value.dims.length
  return emit.transpose(value, [...value.dims.keys()].map((axis) => (axis === rank - 2 ? rank - 1 : axis === rank - 1 ? rank - 2 : axis)))
}

export default defineGradient({
  op: 'MatMul',
  gradient: [
    (context) => {
      const { emit, input } = context
      const { b, dy } = matrices(context)
      const da = emit.matMul(dy, transposed(emit, b))
      return input(0).dims.length > 1 ? da : emit.reshape(da, [...da.dims.slice(0, -2), ...input(0).dims])
    },
    (context) => {
      const { emit, input } = context
      const { a, b, dy } = matrices(context)
      if (b.dims.length === 2 && a.dims.length === dy.dims.length) {
        // One matrix for every sample: the sum over samples is part of one product.
        const rows = (value: Value): Value => emit.reshape(value, [-1, value.dims.at(-1) ?? 1])
        return emit.reshape(emit.gemm(rows(a), rows(dy), { transA: true }), input(1).dims)
      }
      const db = emit.matMul(transposed(emit, a), dy)
      return input(1).dims.length > 1 ? db : emit.reshape(db, [...db.dims.slice(0, -2), ...input(1).dims])
    },
  ],
  samples: [
    { name: 'matrices', inputs: [{ dims: [3, 4] }, { dims: [4, 5] }] },
    { name: 'batch', inputs: [{ dims: [2, 3, 3, 4] }, { dims: [2, 3, 4, 2] }] },
    { name: 'batch on the left', inputs: [{ dims: [2, 3, 4] }, { dims: [4, 5] }] },
    { name: 'batch on the right', inputs: [{ dims: [3, 4] }, { dims: [2, 4, 5] }] },
    { name: 'broadcast batch axes', inputs: [{ dims: [3, 1, 2, 4] }, { dims: [2, 4, 3] }] },
    { name: 'vector and vector', inputs: [{ dims: [4] }, { dims: [4] }] },
    { name: 'vector and matrix', inputs: [{ dims: [4] }, { dims: [4, 3] }] },
    { name: 'matrix and vector', inputs: [{ dims: [3, 4] }, { dims: [4] }] },
    { name: 'vector and batch', inputs: [{ dims: [4] }, { dims: [2, 4, 3] }] },
    { name: 'batch and vector', inputs: [{ dims: [2, 3, 4] }, { dims: [4] }] },
  ],
})
