/**
 * y = x * w + b (cross-correlation). dx is the transposed convolution of dy with w, dw the correlation of x with dy,
 * db the sum of dy over everything but channels. Operator set 1 and later.
 */
import { int, intOf, ints, string } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { convInputGradient } from '../lowering/conv-input-gradient.ts'
import { convWeightGradient } from '../lowering/conv-weight-gradient.ts'
import { windowOf } from '../lowering/window.ts'

const geometry = ({ node, input }: GradientContext) => windowOf(node, input(0).dims.slice(2), input(1).dims.slice(2))

export default defineGradient({
  op: 'Conv',
  gradient: [
    (context) => convInputGradient(context.emit, context.dy(), context.input(1), geometry(context), intOf(context.node, 'group', 1), context.input(0).dims.slice(2)),
    (context) => convWeightGradient(context.emit, context.input(0), context.dy(), geometry(context), intOf(context.node, 'group', 1)),
    ({ emit, dy }) => emit.reduceSum(dy(), dy().dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]))),
  ],
  samples: [
    { name: '2-D, pads', inputs: [{ dims: [2, 3, 6, 5] }, { dims: [4, 3, 3, 3] }, { dims: [4] }], attributes: { pads: ints([1, 1, 1, 1]) } },
    { name: 'eight channels, fixed kernel', inputs: [{ dims: [1, 8, 6, 5] }, { dims: [4, 8, 3, 3], differentiate: false }], attributes: { pads: ints([1, 1, 1, 1]) } },
    { name: 'eight channels, asymmetric pads, dilations, fixed kernel', inputs: [{ dims: [1, 8, 8, 7] }, { dims: [3, 8, 3, 2], differentiate: false }], attributes: { pads: ints([2, 0, 1, 1]), dilations: ints([2, 3]) } },
    { name: 'pads wider than the kernel reaches', inputs: [{ dims: [1, 8, 4, 4] }, { dims: [2, 8, 1, 1], differentiate: false }], attributes: { pads: ints([1, 1, 1, 1]) } },
    { name: 'sixteen channels, kernel that varies', inputs: [{ dims: [2, 16, 5, 4] }, { dims: [3, 16, 3, 3] }, { dims: [3] }], attributes: { pads: ints([1, 1, 1, 1]) } },
    { name: 'strides with a remainder, asymmetric pads', inputs: [{ dims: [2, 5, 8, 9] }, { dims: [3, 5, 3, 2] }], attributes: { strides: ints([2, 3]), pads: ints([1, 0, 2, 1]) } },
    { name: 'strides and dilations', inputs: [{ dims: [1, 6, 11, 10] }, { dims: [2, 6, 3, 3] }], attributes: { strides: ints([2, 1]), dilations: ints([2, 3]), pads: ints([1, 2, 1, 2]) } },
    { name: 'SAME_UPPER', inputs: [{ dims: [1, 3, 7, 8] }, { dims: [2, 3, 3, 4] }], attributes: { auto_pad: string('SAME_UPPER'), strides: ints([2, 2]) } },
    { name: 'SAME_LOWER', inputs: [{ dims: [1, 3, 7, 8] }, { dims: [2, 3, 4, 3] }], attributes: { auto_pad: string('SAME_LOWER'), strides: ints([2, 1]) } },
    { name: 'VALID', inputs: [{ dims: [1, 3, 7, 8] }, { dims: [2, 3, 3, 3] }], attributes: { auto_pad: string('VALID') } },
    { name: '1x1, batch', inputs: [{ dims: [3, 6, 4, 4] }, { dims: [5, 6, 1, 1] }] },
    { name: '1x1, stride 2, one sample', inputs: [{ dims: [1, 6, 5, 4] }, { dims: [5, 6, 1, 1] }], attributes: { strides: ints([2, 2]) } },
    { name: '1x1, large maps', inputs: [{ dims: [2, 5, 32, 32] }, { dims: [2, 5, 1, 1] }] },
    { name: 'groups', inputs: [{ dims: [2, 6, 6, 5] }, { dims: [4, 3, 3, 3] }, { dims: [4] }], attributes: { group: int(2), pads: ints([1, 1, 1, 1]), strides: ints([2, 1]) } },
    { name: 'groups, flipped kernel', inputs: [{ dims: [1, 16, 5, 5] }, { dims: [4, 8, 3, 3], differentiate: false }], attributes: { group: int(2) } },
    { name: 'a batch at once', inputs: [{ dims: [33, 2, 5, 4] }, { dims: [3, 2, 3, 2] }], attributes: { pads: ints([1, 0, 0, 1]), dilations: ints([1, 2]) } },
    { name: 'windows that end short of the picture', inputs: [{ dims: [2, 3, 8, 9] }, { dims: [4, 3, 2, 1] }], attributes: { strides: ints([3, 4]) } },
    { name: 'depthwise', inputs: [{ dims: [2, 8, 6, 5] }, { dims: [8, 1, 3, 3] }], attributes: { group: int(8), pads: ints([1, 1, 1, 1]) } },
    { name: 'depthwise, strides', inputs: [{ dims: [2, 4, 7, 6] }, { dims: [4, 1, 3, 3] }], attributes: { group: int(4), pads: ints([1, 1, 1, 1]), strides: ints([2, 2]) } },
    { name: 'depthwise with two filters a channel', inputs: [{ dims: [2, 3, 6, 5] }, { dims: [6, 1, 3, 3] }], attributes: { group: int(3) } },
    { name: '1-D', inputs: [{ dims: [2, 5, 12] }, { dims: [3, 5, 4] }, { dims: [3] }], attributes: { strides: ints([2]), pads: ints([1, 2]), dilations: ints([2]) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 5, 4, 6] }, { dims: [3, 2, 2, 3, 3] }, { dims: [3] }], attributes: { strides: ints([1, 2, 2]), pads: ints([0, 1, 1, 1, 0, 1]) } },
    { name: '3-D, eight channels, fixed kernel', inputs: [{ dims: [1, 8, 4, 4, 4] }, { dims: [2, 8, 3, 3, 3], differentiate: false }], attributes: { pads: ints([1, 1, 1, 1, 1, 1]) } },
  ],
})
