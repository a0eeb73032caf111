/**
 * dx of a max pool: each window's dy goes to the first element that holds its maximum, as PyTorch has it. Ties are common
 * (flat regions, an overlapping pool before this one), and giving every tied element the gradient was 67 % wrong on GoogLeNet.
 */
import { ints } from '../../onnx/attributes.ts'
import { elementCount, int64Tensor, tensorOfNumbers } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import { transposedConv } from './transposed-conv.ts'
import { extentOf, isDisjoint, offsetsOf, type Window } from './window.ts'

/** Below every float32 that a network computes; padding with it never wins a window. */
const lowest = -3.4028234663852886e38

/** By the pool's own Indices: MaxUnpool where windows are disjoint, a scattered addition where they overlap. */
export function scatterToIndices(emit: Emit, dy: Value, indices: Value, window: Window, dims: readonly number[]): Value {
  const isInside = dims.slice(2).every((extent, axis) => (window.strides[axis] ?? 1) * ((dy.dims[axis + 2] ?? 1) - 1) + (window.kernel[axis] ?? 1) <= extent)
  if (isDisjoint(window) && isInside && window.pads.every((pad) => pad === 0) && window.dilations.every((dilation) => dilation === 1)) {
    const [dx] = emit.node('MaxUnpool', [dy, indices, emit.constant(int64Tensor([dims.length], dims))], { kernel_shape: ints(window.kernel), strides: ints(window.strides) }, [{ dataType: dy.dataType, dims }])
    if (dx) return dx
  }
  const count = elementCount(dims)
  const zeros = emit.fill([count], 0, dy.dataType)
  return emit.reshape(emit.scatterElements(zeros, emit.reshape(indices, [-1]), emit.reshape(dy, [-1]), 0, 'add'), dims)
}

/**
 * Without Indices, which WebGPU lacks: for each kernel offset, in scanning order, the windows whose maximum lies there and not
 * earlier. The masked gradients, one plane an offset, are put back in their places by a ConvTranspose with a one-hot kernel.
 */
export function scatterByComparison(emit: Emit, x: Value, y: Value, dy: Value, window: Window): Value {
  const [samples = 1, channels = 1, ...extents] = x.dims
  const output = y.dims.slice(2)
  const begins = extents.map((_, axis) => window.pads[axis] ?? 0)
  const covered = extents.map((_, axis) => (window.strides[axis] ?? 1) * ((output[axis] ?? 1) - 1) + extentOf(window, axis) - (begins[axis] ?? 0))
  const ends = extents.map((extent, axis) => (covered[axis] ?? 0) - extent)
  const padded = emit.pad(x, [0, 0, ...begins, 0, 0, ...ends], lowest)
  const offsets = offsetsOf(window.kernel)
  const axes = extents.map((_, axis) => axis + 2)
  const planes: Value[] = []
  let free: Value | undefined
  for (const offset of offsets) {
    const starts = offset.map((tap, axis) => tap * (window.dilations[axis] ?? 1))
    const stops = starts.map((start, axis) => start + (window.strides[axis] ?? 1) * ((output[axis] ?? 1) - 1) + 1)
    const holds = emit.equal(emit.slice(padded, starts, stops, axes, window.strides), y)
    const first: Value = free ? emit.and(free, holds) : holds
    free = free ? emit.and(free, emit.not(holds)) : emit.not(holds)
    planes.push(emit.reshape(emit.gate(dy, first), [samples * channels, 1, ...output]))
  }
  const taps = offsets.length
  const oneHot = emit.constant(tensorOfNumbers(dy.dataType, [taps, 1, ...window.kernel], Array.from({ length: taps * taps }, (_, index) => (index % (taps + 1) === 0 ? 1 : 0))))
  const closed = { ...window, pads: [...begins, ...ends.map((end) => Math.max(0, end))] }
  return emit.reshape(transposedConv(emit, emit.concat(planes, 1), oneHot, closed, 1, extents), x.dims)
}
