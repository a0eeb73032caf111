/** Sampling at computed places: GridSample, AffineGrid, RoiAlign, MaxRoiPool. */
import { intOf, intsOf } from '../../attributes.ts'
import type { Shape } from '../../model.ts'
import { elementsAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import type { ShapeContext } from '../define-shape.ts'

function shapeOf(context: ShapeContext): Shape | undefined {
  const { node } = context
  const x = shapeAt(context, 0)
  const second = shapeAt(context, 1)
  switch (node.opType) {
    case 'GridSample': return second && [x?.[0] ?? null, x?.[1] ?? null, ...second.slice(1, -1)]
    case 'AffineGrid': {
      const size = elementsAt(context, 1)
      return size && [size[0] ?? null, ...size.slice(2), size.length - 2]
    }
    case 'RoiAlign': return [second?.[0] ?? null, x?.[1] ?? null, intOf(node, 'output_height', 1), intOf(node, 'output_width', 1)]
    default: return [second?.[0] ?? null, x?.[1] ?? null, ...(intsOf(node, 'pooled_shape') ?? [null, null])]
  }
}

export default defineShape({
  ops: ['AffineGrid', 'GridSample', 'MaxRoiPool', 'RoiAlign', 'com.microsoft::GridSample'],
  infer: (context) => [{ dataType: typeAt(context, 0), shape: shapeOf(context) }],
})
