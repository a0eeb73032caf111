/** Unsqueeze: axes (attribute, or from 13 on the second input) count in the output. */
import type { Shape } from '../../model.ts'
import { axisIn, listOf, mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Unsqueeze'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const listed = listOf(context, 'axes', 1)
    if (!x || listed === 'unknown') return [{ dataType: typeAt(context, 0) }]
    if (listed === 'absent') mismatch(context, 'it names no axes.')
    const rank = x.length + listed.length
    const axes = new Set(listed.map((axis) => axisIn(context, axis, rank)))
    if (axes.size !== listed.length) mismatch(context, `its axes were expected to be distinct, got [${listed.join(', ')}].`)
    const rest = x.values()
    const shape: Shape = Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : (rest.next().value ?? null)))
    return [{ dataType: typeAt(context, 0), shape }]
  },
})
