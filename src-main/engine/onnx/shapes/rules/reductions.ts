/** Reductions: axes from the attribute or (ReduceSum from 13, the others from 18 on) from the second input. */
import { intOf } from '../../attributes.ts'
import { axisIn, listOf, shapeAt, typeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: [
    'ReduceL1', 'ReduceL2', 'ReduceLogSum', 'ReduceLogSumExp', 'ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd', 'ReduceSum', 'ReduceSumSquare',
    'com.microsoft::QLinearReduceMean',
  ],
  infer: (context) => {
    const { node } = context
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType }]
    const keep = intOf(node, 'keepdims', 1) === 1
    const listed = node.domain === 'com.microsoft' ? listOf(context, 'axes', 5) : listOf(context, 'axes', 1)
    if (listed === 'unknown') return [{ dataType, shape: keep ? unknownShape(x.length) : undefined }]
    if ((listed === 'absent' || listed.length === 0) && intOf(node, 'noop_with_empty_axes', 0) === 1) return [{ dataType, shape: x }]
    const axes = new Set(listed === 'absent' || listed.length === 0 ? x.keys() : listed.map((axis) => axisIn(context, axis, x.length)))
    return [{ dataType, shape: keep ? x.map((dim, axis) => (axes.has(axis) ? 1 : dim)) : x.filter((_, axis) => !axes.has(axis)) }]
  },
})
