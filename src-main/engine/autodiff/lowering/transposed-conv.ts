/** Transposed convolution in a form that the device computes, and computes right. */
import type { Emit, Value } from '../emit.ts'
import { enterBlockedLayout } from './blocked-layout.ts'
import { flippedKernel } from './flipped-kernel.ts'
import { extentOf, type Window } from './window.ts'

/**
 * The transpose of a Conv with kernel w [M, C/group, ...] over `window`: g [N, M, ...] to [N, C, ...input].
 * Elements that no window reaches get zero.
 */
export function transposedConv(emit: Emit, g: Value, w: Value, window: Window, group: number, input: readonly number[]): Value {
  const spatial = input.length
  const remainder = input.map((extent, axis) => extent - ((window.strides[axis] ?? 1) * ((g.dims[axis + 2] ?? 1) - 1) + extentOf(window, axis) - (window.pads[axis] ?? 0) - (window.pads[axis + spatial] ?? 0)))
  if (emit.target.provider !== 'webgpu' || isRightOnWebgpu(w, group)) {
    const dx = emit.convTranspose(g, w, { ...window, group, outputPadding: remainder })
    // Beside convolutions of kernels that change, nothing around it is blocked.
    return w.constant ? enterBlockedLayout(emit, dx) : dx
  }
  // As a Conv over g with zeros between its elements.
  const spread = insertZeros(emit, g, window.strides)
  const begins = input.map((_, axis) => extentOf(window, axis) - 1 - (window.pads[axis] ?? 0))
  const ends = input.map((extent, axis) => extent + extentOf(window, axis) - 1 - (spread.dims[axis + 2] ?? 1) - (begins[axis] ?? 0))
  return emit.conv(emit.pad(spread, [0, 0, ...begins, 0, 0, ...ends]), flippedKernel(emit, w, group), { dilations: window.dilations, group })
}

/** onnxruntime 1.30 on WebGPU: ConvTranspose has no 3-D kernel, and with several inputs and one output a group its result is wrong. */
function isRightOnWebgpu(w: Value, group: number): boolean {
  const [filters = 1, channelsPerGroup = 1, ...kernel] = w.dims
  return kernel.length <= 2 && (group === 1 || channelsPerGroup > 1 || filters === group)
}

/** stride - 1 zeros behind each element along every spatial axis. */
function insertZeros(emit: Emit, value: Value, strides: readonly number[]): Value {
  return strides.reduce((spread, stride, index) => {
    if (stride === 1) return spread
    const axis = index + 2
    const after = spread.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1)
    const apart = emit.pad(emit.reshape(spread, [-1, 1, after]), [0, 0, 0, 0, stride - 1, 0])
    return emit.reshape(apart, spread.dims.map((dim, at) => (at === axis ? dim * stride : dim)))
  }, value)
}
