import { ints, intsOf } from '../../onnx/attributes.ts'
import { elementCount, int64Tensor } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'

/** Adds columns [N, C K, L] into a picture [N, C, ...]; dx reads the picture's gradient back at the same places (im2col). Operator set 18. */
export default defineGradient({
  op: 'Col2Im',
  gradient: [
    (c) => {
      const block = c.numbersInput(2)
      const rank = block.length
      const [strides, dilations] = (['strides', 'dilations'] as const).map((name) => intsOf(c.node, name) ?? block.map(() => 1))
      const pads = intsOf(c.node, 'pads') ?? block.flatMap(() => [0, 0])
      const padded = c.emit.pad(c.dy(), [0, 0, ...pads.slice(0, rank), 0, 0, ...pads.slice(rank)])
      const [samples = 1, channels = 1, ...extents] = padded.dims
      // Flat positions of every tap (rows) at every window (columns), axis by axis.
      let places = [[0]]
      for (const [axis, extent] of extents.entries()) {
        const [stride, dilation, taps] = [strides?.[axis] ?? 1, dilations?.[axis] ?? 1, block[axis] ?? 1]
        const windows = Math.floor((extent - (taps - 1) * dilation - 1) / stride) + 1
        places = places.flatMap((row) => Array.from({ length: taps }, (_, tap) => row.flatMap((place) => Array.from({ length: windows }, (_unused, window) => place * extent + window * stride + tap * dilation))))
      }
      const indices = c.emit.constant(int64Tensor([places.length, places[0]?.length ?? 0], places.flat()))
      return c.emit.reshape(c.emit.gather(c.emit.reshape(padded, [samples, channels, elementCount(extents)]), indices, 2), c.input(0).dims)
    },
  ],
  samples: [
    { name: 'overlapping windows', inputs: [{ dims: [2, 12, 6] }, { constant: [3, 4], dims: [2], dataType: 'int64' }, { constant: [2, 2], dims: [2], dataType: 'int64' }] },
    { name: 'strides, pads, dilations', attributes: { strides: ints([2, 1]), pads: ints([1, 0, 1, 2]), dilations: ints([1, 2]) }, inputs: [{ dims: [1, 18, 10] }, { constant: [3, 7], dims: [2], dataType: 'int64' }, { constant: [3, 3], dims: [2], dataType: 'int64' }] },
  ],
})
