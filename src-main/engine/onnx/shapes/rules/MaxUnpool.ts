/** MaxUnpool: the inverse of a pool's extents, or the third input. */
import { elementsAt, hasInput, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber } from '../dims.ts'
import { windowsOf } from '../windows.ts'

export default defineShape({
  ops: ['MaxUnpool'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType }]
    if (hasInput(context, 2)) return [{ dataType, shape: elementsAt(context, 2) ?? x.map(() => null) }]
    const { kernel, strides, pads } = windowsOf(context.node, x.length - 2)
    const extents = x.slice(2).map((extent, axis) => {
      const size = kernel[axis]
      return isNumber(extent) && isNumber(size) ? (extent - 1) * (strides[axis] ?? 1) - (pads[axis] ?? 0) - (pads[axis + x.length - 2] ?? 0) + size : null
    })
    return [{ dataType, shape: [x[0] ?? null, x[1] ?? null, ...extents] }]
  },
})
