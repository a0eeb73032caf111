/** Pad: pads from the attribute (2), the second input (11), for the axes of the fourth (18). Negative pads crop. */
import { axisIn, hasInput, listOf, mismatch, numbersAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { addDims, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Pad'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType }]
    const pads = listOf(context, 'pads', 1)
    const axes = hasInput(context, 3) ? numbersAt(context, 3)?.map((axis) => axisIn(context, axis, x.length)) : [...x.keys()]
    if (typeof pads === 'string' || !axes) return [{ dataType, shape: x.map((dim, axis) => (axes && !axes.includes(axis) ? dim : null)) }]
    if (pads.length !== 2 * axes.length) mismatch(context, `pads were expected to have ${2 * axes.length} entries for ${axes.length} axes, got [${pads.join(', ')}].`)
    const shape = x.map((dim, axis) => {
      const at = axes.indexOf(axis)
      return at < 0 ? dim : addDims(dim, (pads[at] ?? 0) + (pads[at + axes.length] ?? 0))
    })
    if (shape.some((dim) => typeof dim === 'number' && dim < 0)) mismatch(context, `pads [${pads.join(', ')}] crop more than its input ${showShape(x)} holds.`)
    return [{ dataType, shape }]
  },
})
