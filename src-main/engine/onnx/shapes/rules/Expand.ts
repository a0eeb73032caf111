/** Expand: numpy broadcasting with the shape in the second input. */
import { elementsAt, mismatch, shapeAt, typeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { broadcastShapes, isNumber, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Expand'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    const length = shapeAt(context, 1)?.[0]
    const target = elementsAt(context, 1) ?? (isNumber(length) ? unknownShape(length) : undefined)
    if (!x || !target) return [{ dataType }]
    const result = broadcastShapes([x, target])
    if ('failsAt' in result) mismatch(context, `its input ${showShape(x)} was expected to broadcast with ${showShape(target)}.`)
    return [{ dataType, shape: result.shape }]
  },
})
