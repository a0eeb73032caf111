/** Squeeze: axes from the attribute or (13) the second input; without them every axis of extent 1. */
import { axisIn, listOf, mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Squeeze'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    const listed = listOf(context, 'axes', 1)
    if (!x || listed === 'unknown' || (listed === 'absent' && !x.every(isNumber))) return [{ dataType }]
    const axes = new Set(listed === 'absent' ? [...x.keys()].filter((axis) => x[axis] === 1) : listed.map((axis) => axisIn(context, axis, x.length)))
    for (const axis of axes) {
      const dim = x[axis]
      if (isNumber(dim) && dim !== 1) mismatch(context, `axis ${axis} was expected to have extent 1, got ${dim} (input ${showShape(x)}).`)
    }
    return [{ dataType, shape: x.filter((_, axis) => !axes.has(axis)) }]
  },
})
