import { hasInput, numbersAt, shapeAt, typeAt, axisIn } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { slicedExtent, slicesOf } from '../slicing.ts'

export default defineShape({
  ops: ['Slice'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType }]
    const slices = slicesOf(context, x.length)
    if (slices !== 'unknown') return [{ dataType, shape: x.map((dim, axis) => slicedExtent(slices.get(axis), dim)) }]
    const touched = hasInput(context, 3) ? numbersAt(context, 3)?.map((axis) => axisIn(context, axis, x.length)) : undefined
    return [{ dataType, shape: x.map((dim, axis) => (touched && !touched.includes(axis) ? dim : null)) }]
  },
})
