import { intsOf } from '../../attributes.ts'
import { axisIn, elementsAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['CenterCropPad'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    if (!x) return [{ dataType: typeAt(context, 0) }]
    const axes = intsOf(context.node, 'axes')?.map((axis) => axisIn(context, axis, x.length)) ?? [...x.keys()]
    const sizes = elementsAt(context, 1)
    return [{ dataType: typeAt(context, 0), shape: x.map((dim, axis) => (axes.includes(axis) ? (sizes?.[axes.indexOf(axis)] ?? null) : dim)) }]
  },
})
