/** Gather, GatherElements, GatherND, Compress. */
import { intOf } from '../../attributes.ts'
import type { Shape } from '../../model.ts'
import { axisIn, numbersAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import type { ShapeContext } from '../define-shape.ts'
import { isNumber } from '../dims.ts'

function shapeOf(context: ShapeContext): Shape | undefined {
  const { node } = context
  const x = shapeAt(context, 0)
  const indices = shapeAt(context, 1)
  switch (node.opType) {
    case 'GatherElements': return indices
    case 'Compress': {
      const kept = numbersAt(context, 1)?.filter((holds) => holds !== 0).length ?? null
      return node.attributes.has('axis') ? x?.map((dim, axis) => (axis === axisIn(context, intOf(node, 'axis', 0), x.length) ? kept : dim)) : [kept]
    }
    case 'GatherND': {
      const depth = indices?.at(-1)
      return x && indices && isNumber(depth) ? [...indices.slice(0, -1), ...x.slice(intOf(node, 'batch_dims', 0) + depth)] : undefined
    }
    default: {
      if (!x || !indices) return undefined
      const at = axisIn(context, intOf(node, 'axis', 0), x.length)
      return [...x.slice(0, at), ...indices, ...x.slice(at + 1)]
    }
  }
}

export default defineShape({
  ops: ['Compress', 'Gather', 'GatherElements', 'GatherND'],
  infer: (context) => [{ dataType: typeAt(context, 0), shape: shapeOf(context) }],
})
