/**
 * Reshape: 0 copies the input's extent (unless allowzero), -1 takes what is left; symbols that stand on both sides cancel.
 * Reshape-1 lists the target in an attribute.
 */
import { intOf, intsOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import { elementsAt, mismatch, shapeAt, typeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { divideProducts, isNumber, productOf, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Reshape'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    const wanted = intsOf(context.node, 'shape') ?? elementsAt(context, 1)
    if (!wanted) {
      const rank = shapeAt(context, 1)?.[0]
      return [{ dataType, shape: isNumber(rank) ? unknownShape(rank) : undefined }]
    }
    const copies = intOf(context.node, 'allowzero', 0) === 0
    const target = wanted.map((dim, axis): Dim => (dim === 0 && copies ? (x?.[axis] ?? null) : dim))
    const open = target.indexOf(-1)
    const rest = target.filter((_, axis) => axis !== open)
    const left = x && open >= 0 && !rest.includes(0) ? divideProducts(x, rest) : null
    const shape = target.map((dim, axis) => (axis === open ? left : dim))
    const before = x ? productOf(x) : null
    const after = productOf(shape)
    if ((isNumber(before) && isNumber(after) && before !== after) || (isNumber(before) && open >= 0 && left === null && rest.every(isNumber) && !rest.includes(0)))
      mismatch(context, `the target [${wanted.map((dim) => dim ?? '?').join(', ')}] was expected to hold the ${before} elements of its input ${showShape(x)}.`)
    return [{ dataType, shape }]
  },
})
