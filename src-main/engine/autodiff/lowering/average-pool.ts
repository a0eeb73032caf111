/** Sums and means over sliding windows, and their transposes. */
import { int, ints } from '../../onnx/attributes.ts'
import { tensorOfNumbers } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import { transposedConv } from './transposed-conv.ts'
import { extentOf, isTiling, type Window } from './window.ts'

/** Mean over every tap of the window, padding counted as zeros. */
export function averagePool(emit: Emit, x: Value, window: Window): Value {
  const spatial = window.kernel.length
  const output = x.dims.slice(2).map((extent, axis) => Math.floor((extent + (window.pads[axis] ?? 0) + (window.pads[axis + spatial] ?? 0) - extentOf(window, axis)) / (window.strides[axis] ?? 1)) + 1)
  const dilated = window.dilations.some((dilation) => dilation !== 1)
  const [y] = emit.node('AveragePool', [x], {
    kernel_shape: ints(window.kernel), strides: ints(window.strides), pads: ints(window.pads), count_include_pad: int(1), ...(dilated ? { dilations: ints(window.dilations) } : {}),
  }, [{ dataType: x.dataType, dims: [...x.dims.slice(0, 2), ...output] }])
  return y ?? x
}

const tapsOf = (window: Window): number => window.kernel.reduce((product, taps) => product * taps, 1)

/**
 * The transpose of summing over windows: every input element receives the sum of g over the windows it lies in.
 * g [N, C, ...windows] to [N, C, ...input].
 */
export function spreadOverWindows(emit: Emit, g: Value, window: Window, input: readonly number[]): Value {
  const output = g.dims.slice(2)
  if (isTiling(window, input, output))
    return output.every((extent) => extent === 1) ? emit.expand(g, [...g.dims.slice(0, 2), ...input]) : emit.upsampleNearest(g, window.kernel)
  const spatial = input.length
  // Windows that reach beyond the input (ceil_mode) end in padding that the attribute does not count.
  const covered = input.map((_, axis) => (window.strides[axis] ?? 1) * ((output[axis] ?? 1) - 1) + extentOf(window, axis) - (window.pads[axis] ?? 0))
  const beyond = input.map((extent, axis) => extent - (covered[axis] ?? 0))
  const reach = input.map((_, axis) => extentOf(window, axis) - 1)
  const begins = reach.map((taps, axis) => taps - (window.pads[axis] ?? 0))
  const ends = reach.map((taps, axis) => taps + (beyond[axis] ?? 0))
  const isDense = window.strides.every((stride) => stride === 1) && window.dilations.every((dilation) => dilation === 1)
  // AveragePool wants each pad to be smaller than the kernel.
  if (isDense && [...begins, ...ends].every((pad, index) => pad >= 0 && pad < (window.kernel[index % spatial] ?? 1)))
    return emit.mul(averagePool(emit, g, { ...window, pads: [...begins, ...ends] }), tapsOf(window))
  // One channel a plane: a grouped ConvTranspose would be slower.
  const [samples = 1, channels = 1] = g.dims
  const ones = emit.constant(tensorOfNumbers(g.dataType, [1, 1, ...window.kernel], Array<number>(tapsOf(window)).fill(1)))
  const closed = { ...window, pads: [...window.pads.slice(0, spatial), ...beyond.map((extent) => Math.max(0, -extent))] }
  return emit.reshape(transposedConv(emit, emit.reshape(g, [samples * channels, 1, ...output]), ones, closed, 1, input), [samples, channels, ...input])
}

/** For each window along one axis, how many of its taps count in a mean: those on the input, or on the padded input. */
export function countsAlong(window: Window, axis: number, extent: number, windows: number, includePad: boolean): number[] {
  const spatial = window.kernel.length
  const first = includePad ? -(window.pads[axis] ?? 0) : 0
  const last = includePad ? extent + (window.pads[axis + spatial] ?? 0) : extent
  return Array.from({ length: windows }, (_, index) => {
    const start = index * (window.strides[axis] ?? 1) - (window.pads[axis] ?? 0)
    const taps = Array.from({ length: window.kernel[axis] ?? 1 }, (_unused, tap) => start + tap * (window.dilations[axis] ?? 1))
    return taps.filter((at) => at >= first && at < last).length
  })
}
