/**
 * dw of y = x * w: dw[m, c, k] = sum over samples and output positions o of dy[n, m, o] x[n, c, o s + k d - p].
 * Which form is fastest depends on the device and the shape; the choices below were measured against seven others.
 */
import type { Emit, Value } from '../emit.ts'
import { slidingWeightGradient } from './sliding-weight-gradient.ts'
import { extentOf, offsetsOf, type Window } from './window.ts'

/** Maps of at least this many positions multiply sample by sample; smaller ones are joined over the batch first. */
const batchedPositions = 1024
/** Up to this many channels, convolving x with dy (axes swapped) beats a matrix product per kernel offset. */
const fewChannels = 4

/** x [N, C, ...], dy [N, M, ...] to dw [M, C/group, ...kernel]. */
export function convWeightGradient(emit: Emit, x: Value, dy: Value, window: Window, group: number): Value {
  const channels = (x.dims[1] ?? 1) / group
  const filters = (dy.dims[1] ?? 1) / group
  const isPoint = group === 1 && window.kernel.every((taps) => taps === 1)
  const isStrided = window.strides.some((stride) => stride > 1)
  const isDepthwise = group > 1 && channels === 1 && filters === 1
  if (emit.target.provider === 'cpu' && window.kernel.length === 2 && (!isPoint || isStrided) && !isDepthwise) return slidingWeightGradient(emit, x, dy, window, group)
  if (group === 1 && channels > fewChannels && window.kernel.some((taps) => taps > 1)) return productPerOffset(emit, x, dy, window)
  if (isPoint) return pointwise(emit, window.pads.some((pad) => pad > 0) ? exactInput(emit, x, dy, window) : x, dy, window)
  const padded = exactInput(emit, x, dy, window)
  if (group === 1) return swappedConv(emit, padded, dy, window)
  if (isDepthwise) return emit.target.provider === 'webgpu' ? depthwisePerOffset(emit, padded, dy, window) : depthwiseConv(emit, padded, dy, window)
  return groupedProductPerOffset(emit, padded, dy, window, group)
}

/** x padded or cropped to exactly the elements that windows touch; `first` is its first spatial axis: 2, or 1 with channels last. */
function exactInput(emit: Emit, x: Value, dy: Value, window: Window, first: 1 | 2 = 2): Value {
  const begins = window.kernel.map((_, axis) => window.pads[axis] ?? 0)
  const ends = window.kernel.map((_, axis) => (window.strides[axis] ?? 1) * ((dy.dims[axis + 2] ?? 1) - 1) + extentOf(window, axis) - (x.dims[axis + first] ?? 1) - (begins[axis] ?? 0))
  return emit.pad(x, first === 2 ? [0, 0, ...begins, 0, 0, ...ends] : [0, ...begins, 0, 0, ...ends, 0])
}

/** The element of x under one kernel offset, for every output position; `first` is the first spatial axis. */
function tapped(emit: Emit, x: Value, offset: readonly number[], output: readonly number[], window: Window, first: number): Value {
  const starts = offset.map((tap, axis) => tap * (window.dilations[axis] ?? 1))
  const ends = starts.map((start, axis) => start + (window.strides[axis] ?? 1) * ((output[axis] ?? 1) - 1) + 1)
  const axes = offset.map((_, axis) => axis + first)
  const whole = axes.every((axis, index) => starts[index] === 0 && ends[index] === x.dims[axis] && window.strides[index] === 1)
  return whole ? x : emit.slice(x, starts, ends, axes, window.strides)
}

const positionsOf = (dims: readonly number[]): number => dims.reduce((product, dim) => product * dim, 1)
const rangeFrom = (start: number, count: number): number[] => Array.from({ length: count }, (_, index) => start + index)

/** 1x1: one matrix product. */
function pointwise(emit: Emit, x: Value, dy: Value, window: Window): Value {
  const [samples = 1, filters = 1, ...output] = dy.dims
  const channels = x.dims[1] ?? 1
  const positions = positionsOf(output)
  const taps = tapped(emit, x, window.kernel.map(() => 0), output, window, 2)
  const flatX = emit.reshape(taps, [samples, channels, positions])
  const flatDy = emit.reshape(dy, [samples, filters, positions])
  const product = samples === 1 || positions >= batchedPositions
    ? emit.reduceSum(emit.matMul(flatDy, emit.transpose(flatX, [0, 2, 1])), [0])
    : emit.matMul(emit.reshape(emit.transpose(flatDy, [1, 0, 2]), [filters, samples * positions]), emit.reshape(emit.transpose(flatX, [0, 2, 1]), [samples * positions, channels]))
  return emit.reshape(product, [filters, channels, ...window.kernel])
}

/** Batch and channel axes swapped, dy is a kernel that slides over x; strides and dilations change places. */
function swappedConv(emit: Emit, x: Value, dy: Value, window: Window): Value {
  const swap = [1, 0, ...rangeFrom(2, window.kernel.length)]
  const moved = emit.conv(emit.transpose(x, swap), emit.transpose(dy, swap), { strides: window.dilations, dilations: window.strides })
  return emit.transpose(moved, swap)
}

/** For each kernel offset [M, N L] x [N L, C], with x's channels last. */
function productPerOffset(emit: Emit, x: Value, dy: Value, window: Window): Value {
  const [samples = 1, filters = 1, ...output] = dy.dims
  const channels = x.dims[1] ?? 1
  const rows = samples * positionsOf(output)
  const spatial = rangeFrom(2, output.length)
  // Padded with channels last, where rows of a whole map's width are copied at once.
  const channelsLast = exactInput(emit, emit.transpose(x, [0, ...spatial, 1]), dy, window, 1)
  const left = emit.reshape(emit.transpose(dy, [1, 0, ...spatial]), [filters, rows])
  const products = offsetsOf(window.kernel).map((offset) => {
    const right = emit.reshape(tapped(emit, channelsLast, offset, output, window, 1), [rows, channels])
    return emit.reshape(emit.matMul(left, right), [filters, channels, 1])
  })
  return emit.reshape(emit.concat(products, 2), [filters, channels, ...window.kernel])
}

function groupedProductPerOffset(emit: Emit, x: Value, dy: Value, window: Window, group: number): Value {
  const [samples = 1, filters = 1, ...output] = dy.dims
  const channels = (x.dims[1] ?? 1) / group
  const positions = positionsOf(output)
  const left = emit.reshape(dy, [samples, group, filters / group, positions])
  const products = offsetsOf(window.kernel).map((offset) => {
    const taps = emit.reshape(tapped(emit, x, offset, output, window, 2), [samples, group, channels, positions])
    const product = emit.reduceSum(emit.matMul(left, emit.transpose(taps, [0, 1, 3, 2])), [0])
    return emit.reshape(product, [filters, channels, 1])
  })
  return emit.reshape(emit.concat(products, 2), [filters, channels, ...window.kernel])
}

/** One filter a channel: a product and a sum for each kernel offset. */
function depthwisePerOffset(emit: Emit, x: Value, dy: Value, window: Window): Value {
  const [, channels = 1, ...output] = dy.dims
  const summed = [0, ...rangeFrom(2, output.length)]
  const sums = offsetsOf(window.kernel).map((offset) => emit.reshape(emit.reduceSum(emit.mul(tapped(emit, x, offset, output, window, 2), dy), summed), [channels, 1, 1]))
  return emit.reshape(emit.concat(sums, 2), [channels, 1, ...window.kernel])
}

/** One filter a channel: every channel of every sample convolved with its own dy (1.9 ms where a product and a sum for each offset take 3.2: 128 maps of 8 x 8, batch of 32). */
function depthwiseConv(emit: Emit, x: Value, dy: Value, window: Window): Value {
  const [samples = 1, channels = 1, ...output] = dy.dims
  const planes = samples * channels
  const moved = emit.conv(emit.reshape(x, [1, planes, ...x.dims.slice(2)]), emit.reshape(dy, [planes, 1, ...output]), { strides: window.dilations, dilations: window.strides, group: planes })
  return emit.reshape(emit.reduceSum(emit.reshape(moved, [samples, channels, ...window.kernel]), [0]), [channels, 1, ...window.kernel])
}
