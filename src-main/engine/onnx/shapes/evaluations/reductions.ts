/** Reductions of small tensors. */
import { intOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import { axisIn, listOf } from '../context.ts'
import { coordinatesOf, defineEvaluation, offsetOf, stridesOf } from '../define-evaluation.ts'
import { addDims, isNumber, multiplyDims, staticDims } from '../dims.ts'

const folds: Readonly<Record<string, (a: Dim, b: Dim) => Dim>> = {
  ReduceMax: (a, b) => (isNumber(a) && isNumber(b) ? Math.max(a, b) : null),
  ReduceMin: (a, b) => (isNumber(a) && isNumber(b) ? Math.min(a, b) : null),
  ReduceProd: multiplyDims,
  ReduceSum: addDims,
}

export default defineEvaluation({
  ops: Object.keys(folds),
  evaluate: (context) => {
    const { node, contents: [x], outputs: [output] } = context
    const fold = folds[node.opType]
    const dims = staticDims(output?.shape)
    const listed = listOf(context, 'axes', 1)
    if (!x || !fold || !dims || listed === 'unknown') return [undefined]
    const all = listed === 'absent' || listed.length === 0
    if (all && intOf(node, 'noop_with_empty_axes', 0) === 1) return [{ dims: x.dims, values: x.values }]
    const axes = new Set(all ? x.dims.keys() : listed.map((axis) => axisIn(context, axis, x.dims.length)))
    const kept = x.dims.map((dim, axis) => (axes.has(axis) ? 1 : dim))
    // Strides of the result, read with the input's coordinates: 0 along the reduced axes.
    const strides = stridesOf(kept).map((stride, axis) => (axes.has(axis) ? 0 : stride))
    const values: Dim[] = []
    let read = 0
    for (const at of coordinatesOf(x.dims)) {
      const into = offsetOf(at, strides)
      const value = x.values[read++] ?? null
      values[into] = into in values ? fold(values[into] ?? null, value) : value
    }
    return [values.length === dims.reduce((product, dim) => product * dim, 1) ? { dims, values } : undefined]
  },
})
