/**
 * dw of a 2-D convolution as one convolution. The sum over samples is one over channels, so samples become the channels of a single
 * picture and dy its kernel, which slides over the offsets of the taps; strides and dilations change places. The true channels stand side by side along the
 * rows of that picture (x with channels last, [1, N, H, W C], steps of one pixel are dilations of C):
 *   out[m, i, j C + c] = sum over n, o of dy[n, m, o] x[n, i + o1 s1 - p1, (j + o2 s2 - p2) C + c] = dw[m, c, i, j],
 * so that onnxruntime gathers its columns in runs of k C numbers and multiplies [M, N O] x [N O, k k C] in tiles that stay in the cache. 12.3 ms
 * where a product for each tap took 22 (64 to 64 channels of 32 x 32, batch of 32), and less for every shape that was tried.
 */
import { float32Tensor } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import { extentOf, type Window } from './window.ts'

/** x [N, C, H, W], dy [N, M, H', W'] to dw [M, C / group, k1, k2]. */
export function slidingWeightGradient(emit: Emit, x: Value, dy: Value, window: Window, group: number): Value {
  const [samples = 1, channels = 1] = x.dims
  const filters = dy.dims[1] ?? 1
  const each = channels / group
  const [rows = 1, columns = 1] = window.kernel
  const [stepDown = 1, stepRight = 1] = window.strides
  const [spreadDown = 1, spreadRight = 1] = window.dilations
  const [top = 0, left = 0] = window.pads
  // How far the last window reaches beyond the picture; where it ends short, the kernel slides over more offsets than there are taps.
  const [bottom, right] = ([0, 1] as const).map((axis) => (window.strides[axis] ?? 1) * ((dy.dims[axis + 2] ?? 1) - 1) + extentOf(window, axis) - (window.pads[axis] ?? 0) - (x.dims[axis + 2] ?? 1)) as [number, number]
  const [height = 1, width = 1] = x.dims.slice(2)
  const picture = emit.reshape(channelsLast(emit, x, group), [1, group * samples, height, width * each])
  const slid = emit.conv(picture, emit.transpose(dy, [1, 0, 2, 3]), {
    group, strides: [spreadDown, 1], dilations: [stepDown, stepRight * each], pads: [top, left * each, Math.max(0, bottom), Math.max(0, right) * each],
  })
  const [, , down = 1, across = 1] = slid.dims
  const offsets = emit.reshape(slid, [filters, down, across / each, each])
  const taps = down === rows && across === columns * each ? offsets : emit.slice(offsets, [0, 0], [rows, extentOf(window, 1)], [1, 2], [1, spreadRight])
  return emit.reshape(swapLast(emit, emit.reshape(taps, [filters, rows * columns, each])), [filters, each, rows, columns])
}

/** [N, C, H, W] to [group, N, H, W, C / group], in any shape of as many elements. */
function channelsLast(emit: Emit, x: Value, group: number): Value {
  const [samples = 1, channels = 1, height = 1, width = 1] = x.dims
  if (channels === group) return emit.transpose(x, [1, 0, 2, 3])
  if (group > 1) return emit.transpose(emit.reshape(x, [samples, group, channels / group, height, width]), [1, 0, 3, 4, 2])
  return swapLast(emit, emit.reshape(x, [samples, channels, height * width]))
}

/** Up to an axis of this length, a product with the identity is the faster transposition: onnxruntime's product reads either layout and shares the work; its Transpose does not. */
const shortAxis = 25

/** [n, a, b] to [n, b, a] */
function swapLast(emit: Emit, value: Value): Value {
  const moved = emit.transpose(value, [0, 2, 1])
  const [, a = 1, b = 1] = value.dims
  if (value.dataType !== 'float32' || a > shortAxis || a === 1 || b === 1) return moved
  return emit.matMul(moved, emit.constant(float32Tensor([a, a], Float32Array.from({ length: a * a }, (_, index) => (index % (a + 1) === 0 ? 1 : 0)))))
}
