/**
 * The transposed convolution of stride 1 of a whole batch at once: with samples innermost, the rows of all of them are one long row over which steps of one
 * pixel are dilations of N. onnxruntime's ConvTranspose adds up the taps of each sample by a single thread, in runs of a row; these are N times as
 * long. 3.2 ms where it took 3.7 (50 maps of 8 x 8 to 20 of 12 x 12, batch of 100).
 */
import type { Emit, Value } from '../emit.ts'
import { extentOf, type Window } from './window.ts'

const smallestBatch = 32

/** For kernels that training changes; known ones are flipped once and convolved with. */
export const canBatch = (emit: Emit, g: Value, w: Value, window: Window, group: number, input: readonly number[]): boolean =>
  emit.target.provider === 'cpu' && !w.constant && group === 1 && g.dims.length === 4 && (g.dims[0] ?? 1) >= smallestBatch && window.strides.every((stride) => stride === 1)
  && input.every((extent, axis) => extent === (g.dims[axis + 2] ?? 1) - 1 + extentOf(window, axis) - (window.pads[axis] ?? 0) - (window.pads[axis + 2] ?? 0))

/** g [N, M, h, w], kernel [M, C, ...] to [N, C, ...input]. */
export function batchedTransposedConv(emit: Emit, g: Value, w: Value, { dilations: [down = 1, right = 1], pads: [top = 0, left = 0, bottom = 0, end = 0] }: Window, input: readonly number[]): Value {
  const [samples = 1, filters = 1, height = 1, width = 1] = g.dims
  const channels = w.dims[1] ?? 1
  const samplesLast = emit.transpose(emit.reshape(g, [samples, -1]), [1, 0])
  const dx = emit.convTranspose(emit.reshape(samplesLast, [1, filters, height, width * samples]), w, { dilations: [down, right * samples], pads: [top, left * samples, bottom, end * samples] })
  return emit.reshape(emit.transpose(emit.reshape(dx, [-1, samples]), [1, 0]), [samples, channels, ...input])
}
