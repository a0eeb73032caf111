/** Split: parts from the attribute, (13) the second input, (18) num_outputs, or equal. */
import { intOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import { axisIn, listOf, mismatch, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import type { ShapeContext } from '../define-shape.ts'
import { isNumber } from '../dims.ts'

function partsOf(context: ShapeContext, extent: Dim): readonly Dim[] {
  const count = context.node.outputs.length
  const listed = listOf(context, 'split', 1)
  if (listed === 'unknown') return Array<Dim>(count).fill(null)
  if (listed !== 'absent') {
    const total = listed.reduce((sum, part) => sum + part, 0)
    if (listed.length !== count || (isNumber(extent) && total !== extent))
      mismatch(context, `its parts were expected to be ${count} and to add up to ${extent}, got [${listed.join(', ')}].`)
    return listed
  }
  if (!isNumber(extent)) return Array<Dim>(count).fill(count === 1 ? extent : null)
  const asked = intOf(context.node, 'num_outputs', count)
  const part = Math.ceil(extent / asked)
  if (part * (asked - 1) > extent || (!context.node.attributes.has('num_outputs') && part * count !== extent))
    mismatch(context, `an extent of ${extent} cannot be split into ${asked} equal parts.`)
  return Array.from({ length: count }, (_, index) => Math.min(part, extent - index * part))
}

export default defineShape({
  ops: ['Split'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return context.node.outputs.map(() => ({ dataType }))
    const at = axisIn(context, intOf(context.node, 'axis', 0), x.length)
    return partsOf(context, x[at] ?? null).map((part) => ({ dataType, shape: x.map((dim, axis) => (axis === at ? part : dim)) }))
  },
})
