/**
 * Transposed convolution: x [N, C, ...spatial], w [C, M/group, ...kernel];
 * extent = stride (in - 1) + output_padding + dilation (kernel - 1) + 1 - pads (ConvTranspose-11, onnxruntime ConvTransposeAttributes).
 */
import { intOf, intsOf } from '../../attributes.ts'
import { mismatch, shapeAt, sharedDim, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber, multiplyDims, showShape } from '../dims.ts'
import { windowsOf } from '../windows.ts'

export default defineShape({
  ops: ['ConvTranspose'],
  infer: (context) => {
    const { node } = context
    const x = shapeAt(context, 0)
    const w = shapeAt(context, 1)
    const dataType = typeAt(context, 0)
    if (!x || !w) return [{ dataType }]
    if (x.length < 3 || w.length !== x.length)
      mismatch(context, `input and weights were expected to have the same rank of at least 3, got ${showShape(x)} and ${showShape(w)}.`)
    sharedDim(context, `input channels that the weights ${showShape(w)} expect`, w[0], x[1])
    const maps = multiplyDims(w[1] ?? null, intOf(node, 'group', 1))
    const { strides, dilations, pads, kernel, autoPad } = windowsOf(node, x.length - 2, w.slice(2))
    const outputPadding = intsOf(node, 'output_padding')
    // Some exporters list the whole shape, as onnxruntime allows.
    const wanted = intsOf(node, 'output_shape')?.slice(-(x.length - 2))
    const extents = x.slice(2).map((extent, axis) => {
      const size = kernel[axis]
      if (wanted && wanted.length > 0) return wanted[axis] ?? null
      if (!isNumber(extent) || !isNumber(size)) return null
      const stride = strides[axis] ?? 1
      const full = stride * (extent - 1) + (outputPadding?.[axis] ?? 0) + (size - 1) * (dilations[axis] ?? 1) + 1
      if (autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER') return full - Math.max(0, full - extent * stride)
      return autoPad === 'VALID' ? full : full - (pads[axis] ?? 0) - (pads[axis + x.length - 2] ?? 0)
    })
    return [{ dataType, shape: [x[0] ?? null, maps, ...extents] }]
  },
})
