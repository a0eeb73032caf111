/** Each output is the mean of its window's counted elements, so each of those receives dy / count. Operator set 7 and later. */
import { int, intOf, ints, string } from '../../onnx/attributes.ts'
import { tensorOfNumbers } from '../../onnx/tensor-data.ts'
import { defineGradient } from '../define-gradient.ts'
import { countsAlong, spreadOverWindows } from '../lowering/average-pool.ts'
import { windowOf } from '../lowering/window.ts'

export default defineGradient({
  op: 'AveragePool',
  gradient: [
    ({ emit, node, input, dy }) => {
      const extents = input(0).dims.slice(2)
      const window = windowOf(node, extents)
      const includePad = intOf(node, 'count_include_pad', 0) === 1
      const counts = extents.map((extent, axis) => countsAlong(window, axis, extent, dy().dims[axis + 2] ?? 0, includePad))
      // The count of a window is the product of its counts along the axes.
      const shares = counts.reduce<number[]>((shares, along) => shares.flatMap((share) => along.map((count) => share / count)), [1])
      const isEven = shares.every((share) => share === shares[0])
      const share = isEven ? emit.mul(dy(), shares[0] ?? 1) : emit.mul(dy(), emit.constant(tensorOfNumbers(dy().dataType, dy().dims.slice(2), shares)))
      return spreadOverWindows(emit, share, window, extents)
    },
  ],
  samples: [
    { name: 'disjoint windows', inputs: [{ dims: [2, 3, 6, 4] }], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
    { name: 'disjoint windows with a remainder', inputs: [{ dims: [1, 2, 7, 5] }], attributes: { kernel_shape: ints([3, 2]), strides: ints([3, 2]) } },
    { name: 'overlapping, stride 1, pads', inputs: [{ dims: [2, 3, 5, 6] }], attributes: { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) } },
    { name: 'overlapping, asymmetric pads, count_include_pad', inputs: [{ dims: [1, 2, 6, 7] }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 1]), pads: ints([1, 0, 2, 1]), count_include_pad: int(1) } },
    { name: 'overlapping, pads not counted', inputs: [{ dims: [1, 2, 6, 7] }], attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
    { name: 'ceil_mode', inputs: [{ dims: [1, 2, 6, 8] }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) }, opset: 19 },
    { name: 'ceil_mode, pads, count_include_pad', inputs: [{ dims: [1, 2, 6, 7] }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]), ceil_mode: int(1), count_include_pad: int(1) }, opset: 19 },
    { name: 'dilations', inputs: [{ dims: [1, 2, 7, 8] }], attributes: { kernel_shape: ints([2, 3]), dilations: ints([2, 2]), strides: ints([1, 2]), pads: ints([1, 0, 1, 0]) }, opset: 19 },
    { name: 'SAME_UPPER', inputs: [{ dims: [1, 2, 6, 5] }], attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), auto_pad: string('SAME_UPPER') } },
    { name: 'SAME_LOWER', inputs: [{ dims: [1, 2, 6, 5] }], attributes: { kernel_shape: ints([3, 2]), auto_pad: string('SAME_LOWER') } },
    { name: 'whole map', inputs: [{ dims: [2, 3, 4, 4] }], attributes: { kernel_shape: ints([4, 4]) } },
    { name: '1-D', inputs: [{ dims: [2, 3, 9] }], attributes: { kernel_shape: ints([3]), strides: ints([2]) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 4, 5, 4] }], attributes: { kernel_shape: ints([2, 3, 2]), strides: ints([2, 2, 1]), pads: ints([0, 1, 0, 0, 1, 1]) } },
  ],
})
