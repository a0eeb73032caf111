/**
 * The transposed convolution is Conv's input gradient, so its own input gradient is Conv and its kernel gradient is Conv's with
 * the roles of input and output exchanged. Operator set 1 and later.
 */
import { int, intOf, ints, string } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import type { Emit, Value } from '../emit.ts'
import { convWeightGradient } from '../lowering/conv-weight-gradient.ts'
import { extentOf, transposedWindowOf, type Window } from '../lowering/window.ts'

const geometry = ({ node, input, dy }: GradientContext): Window => transposedWindowOf(node, input(0).dims.slice(2), dy().dims.slice(2), input(1).dims.slice(2))

/** dy without the tail beyond the last window, which output_padding or a larger output shape adds. (output_padding first gives back what the end pad crops.) */
function reached(emit: Emit, dy: Value, input: readonly number[], window: Window): Value {
  const ends = input.map((extent, axis) => Math.min(0, (window.strides[axis] ?? 1) * (extent - 1) + extentOf(window, axis) - (window.pads[axis] ?? 0) - (dy.dims[axis + 2] ?? 0)))
  return emit.pad(dy, [...dy.dims.map(() => 0), 0, 0, ...ends])
}

export default defineGradient({
  op: 'ConvTranspose',
  gradient: [
    (context) => {
      const { emit, node, input, dy } = context
      const window = geometry(context)
      const whole = reached(emit, dy(), input(0).dims.slice(2), window)
      return emit.conv(whole, input(1), { ...window, pads: closedPads(window, whole, input(0).dims.slice(2)), group: intOf(node, 'group', 1) })
    },
    (context) => {
      const { emit, node, input, dy } = context
      const window = geometry(context)
      return convWeightGradient(emit, reached(emit, dy(), input(0).dims.slice(2), window), input(0), window, intOf(node, 'group', 1))
    },
    ({ emit, dy }) => emit.reduceSum(dy(), dy().dims.flatMap((_, axis) => (axis === 1 ? [] : [axis]))),
  ],
  samples: [
    { name: '2-D, strides', inputs: [{ dims: [2, 3, 4, 5] }, { dims: [3, 4, 3, 3] }, { dims: [4] }], attributes: { strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) } },
    { name: 'output_padding', inputs: [{ dims: [1, 3, 4, 3] }, { dims: [3, 2, 3, 3] }], attributes: { strides: ints([2, 3]), pads: ints([1, 0, 1, 0]), output_padding: ints([1, 2]) } },
    { name: 'asymmetric pads, dilations', inputs: [{ dims: [1, 3, 5, 4] }, { dims: [3, 2, 2, 3] }], attributes: { dilations: ints([2, 1]), pads: ints([1, 0, 0, 2]) } },
    { name: 'groups', inputs: [{ dims: [2, 4, 4, 3] }, { dims: [4, 3, 3, 3] }, { dims: [6] }], attributes: { group: int(2), strides: ints([2, 1]) } },
    { name: 'depthwise', inputs: [{ dims: [1, 4, 4, 3] }, { dims: [4, 1, 2, 2] }], attributes: { group: int(4), strides: ints([2, 2]) } },
    { name: 'output_shape', inputs: [{ dims: [1, 2, 4, 4] }, { dims: [2, 3, 3, 4] }], attributes: { strides: ints([2, 2]), output_shape: ints([8, 9]) } },
    { name: 'output_shape, SAME_UPPER', inputs: [{ dims: [1, 2, 4, 4] }, { dims: [2, 3, 3, 4] }], attributes: { strides: ints([2, 2]), output_shape: ints([8, 9]), auto_pad: string('SAME_UPPER') } },
    { name: 'SAME_UPPER', inputs: [{ dims: [1, 2, 4, 5] }, { dims: [2, 3, 3, 4] }], attributes: { strides: ints([2, 2]), auto_pad: string('SAME_UPPER') } },
    { name: 'SAME_LOWER', inputs: [{ dims: [1, 2, 4, 5] }, { dims: [2, 3, 3, 4] }], attributes: { strides: ints([2, 2]), auto_pad: string('SAME_LOWER') } },
    { name: 'VALID', inputs: [{ dims: [1, 2, 4, 5] }, { dims: [2, 3, 3, 4] }], attributes: { strides: ints([2, 2]), auto_pad: string('VALID') } },
    { name: '1-D', inputs: [{ dims: [2, 3, 6] }, { dims: [3, 2, 4] }, { dims: [2] }], attributes: { strides: ints([3]), pads: ints([1, 0]), output_padding: ints([1]) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 3, 4, 3] }, { dims: [2, 3, 2, 3, 2] }], attributes: { strides: ints([2, 1, 2]), pads: ints([0, 1, 0, 1, 1, 0]) } },
  ],
})

/** The end pads under which a Conv over `whole` gives exactly the input's extents. */
function closedPads(window: Window, whole: Value, input: readonly number[]): readonly number[] {
  const spatial = input.length
  const ends = input.map((extent, axis) => (window.strides[axis] ?? 1) * (extent - 1) + extentOf(window, axis) - (whole.dims[axis + 2] ?? 0) - (window.pads[axis] ?? 0))
  return [...window.pads.slice(0, spatial), ...ends]
}
