/** Each output is the largest element of its window: that element receives dy. Operator set 1 and later. */
import { int, ints, string } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { maxPoolGradient } from '../lowering/max-pool.ts'
import { windowOf } from '../lowering/window.ts'

export default defineGradient({
  op: 'MaxPool',
  gradient: [
    ({ emit, node, input, output, dy }) => maxPoolGradient(emit, input(0), output(0), dy(), windowOf(node, input(0).dims.slice(2))),
  ],
  samples: [
    { name: 'disjoint windows', inputs: [{ dims: [2, 3, 6, 4], distinct: true }], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
    { name: 'disjoint windows with a remainder', inputs: [{ dims: [1, 2, 7, 5], distinct: true }], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
    { name: 'disjoint windows, ceil_mode', inputs: [{ dims: [1, 2, 7, 5], distinct: true }], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) } },
    { name: 'gaps between windows', inputs: [{ dims: [1, 2, 7, 8], distinct: true }], attributes: { kernel_shape: ints([2, 1]), strides: ints([3, 2]) } },
    { name: 'overlapping, pads', inputs: [{ dims: [2, 3, 7, 6], distinct: true }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
    { name: 'overlapping, ceil_mode', inputs: [{ dims: [1, 2, 6, 8], distinct: true }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) } },
    { name: 'stride 1, asymmetric pads', inputs: [{ dims: [1, 2, 5, 6], distinct: true }], attributes: { kernel_shape: ints([3, 2]), pads: ints([1, 0, 2, 1]) } },
    { name: 'dilations', inputs: [{ dims: [1, 2, 8, 9], distinct: true }], attributes: { kernel_shape: ints([2, 3]), dilations: ints([3, 2]), strides: ints([1, 2]), pads: ints([1, 0, 0, 1]) } },
    { name: 'SAME_UPPER', inputs: [{ dims: [1, 2, 6, 5], distinct: true }], attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), auto_pad: string('SAME_UPPER') } },
    { name: 'SAME_LOWER', inputs: [{ dims: [1, 2, 6, 5], distinct: true }], attributes: { kernel_shape: ints([3, 2]), auto_pad: string('SAME_LOWER') } },
    { name: 'column-major Indices', inputs: [{ dims: [1, 2, 5, 4], distinct: true }], attributes: { kernel_shape: ints([3, 3]), storage_order: int(1) } },
    { name: 'whole blocks of channels: overlapping, pads', inputs: [{ dims: [2, 16, 7, 6], distinct: true }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
    { name: 'whole blocks of channels: ceil_mode', inputs: [{ dims: [1, 16, 6, 8], distinct: true }], attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), ceil_mode: int(1) } },
    { name: 'whole blocks of channels: tiling', inputs: [{ dims: [1, 32, 4, 6], distinct: true }], attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) } },
    { name: 'whole blocks of channels: dilations, asymmetric pads', inputs: [{ dims: [1, 16, 8, 9], distinct: true }], attributes: { kernel_shape: ints([2, 3]), dilations: ints([3, 2]), strides: ints([1, 2]), pads: ints([1, 0, 0, 1]) } },
    { name: '1-D', inputs: [{ dims: [2, 3, 9], distinct: true }], attributes: { kernel_shape: ints([3]), strides: ints([2]) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 4, 5, 4], distinct: true }], attributes: { kernel_shape: ints([2, 3, 2]), strides: ints([2, 2, 1]), pads: ints([0, 1, 0, 0, 1, 1]) } },
  ],
})
