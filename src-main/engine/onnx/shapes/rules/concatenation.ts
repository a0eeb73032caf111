/** Concat, and com.microsoft's QLinearConcat (y_scale, y_zero_point, then value, scale, zero point of each). */
import { intOf } from '../../attributes.ts'
import type { Shape } from '../../model.ts'
import { axisIn, mismatch, shapeAt, sharedDim, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { addDims, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Concat', 'com.microsoft::QLinearConcat'],
  infer: (context) => {
    const quantized = context.node.opType === 'QLinearConcat'
    const indices = [...context.node.inputs.keys()].filter((index) => !quantized || index % 3 === 2)
    const dataType = typeAt(context, indices[0] ?? 0)
    const shapes = indices.map((index) => shapeAt(context, index))
    const first = shapes.find(Boolean)
    if (!first) return [{ dataType }]
    const at = axisIn(context, intOf(context.node, 'axis', 1), first.length)
    if (shapes.some((shape) => shape && shape.length !== first.length))
      mismatch(context, `its inputs were expected to have the same rank, got ${shapes.map(showShape).join(' and ')}.`)
    const shape = first.map((_, axis) =>
      axis === at
        ? shapes.map((one) => one?.[axis] ?? null).reduce(addDims, 0)
        : shapes.map((one) => one?.[axis] ?? null).reduce((shared, dim) => sharedDim(context, `extents along axis ${axis} of ${(shapes as Shape[]).map(showShape).join(' and ')}`, shared, dim)),
    )
    return [{ dataType, shape }]
  },
})
