/**
 * dx of a max pool within the blocked layout (blocked-layout.ts). Depthwise kernels with a single tap read one element of every
 * window; y - x_k is 0 exactly where that element is the window's maximum, so a steep HardSigmoid of it (fused into the Conv) is 1 where tap k
 * misses. The product of the misses of taps 0 to k is 1 until the first hit: summed over k they count the taps before it, which tells where
 * dy goes. MaxPool's own Indices come from a scalar kernel that took 2.9 ms where this takes 1.2 (64 maps of 111 x 111).
 */
import { float } from '../../onnx/attributes.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import { canBeBlocked } from './blocked-layout.ts'
import { maskAbove } from './mask.ts'
import { extentOf, offsetsOf, type Window } from './window.ts'

/** Positions of a map are counted in float32. */
const mostPositions = 2 ** 24
/** Below every value that a network computes, with room for a difference. */
const outside = -1e38

export const canBlockMaxPool = (emit: Emit, x: Value, window: Window): boolean =>
  canBeBlocked(emit, x) && (x.dims[2] ?? 1) * (x.dims[3] ?? 1) < mostPositions && window.kernel.some((taps) => taps > 1)

/** x [N, C, H, W] and y, its pooled maxima, dy [N, C, windows...] to [N, C, H, W]; the first maximum of a window in scanning order receives its dy. */
export function blockedMaxPoolGradient(emit: Emit, x: Value, y: Value, dy: Value, window: Window): Value {
  const [samples = 1, channels = 1, height = 1, width = 1] = x.dims
  const [rows = 1, columns = 1] = dy.dims.slice(2)
  const padded = padOutside(emit, x, window, [rows, columns])
  const taps = offsetsOf(window.kernel).map(([row = 0, column = 0]) => [row * (window.dilations[0] ?? 1), column * (window.dilations[1] ?? 1)] as const)
  const kernel = [extentOf(window, 0), extentOf(window, 1)] as const

  // missed[k] is 1 where none of the taps 0 to k holds the maximum; the last tap needs no test.
  const missed: Value[] = []
  for (const [row, column] of taps.slice(0, -1)) {
    const miss = maskAbove(emit, emit.add(emit.conv(padded, depthwiseKernel(emit, channels, kernel, row * kernel[1] + column, -1), { strides: window.strides, group: channels }), y), 0)
    const before = missed.at(-1)
    missed.push(before ? emit.mul(before, miss) : miss)
  }
  const offset = weightedSum(emit, missed, taps.slice(1).map(([row, column], index) => {
    const [lastRow = 0, lastColumn = 0] = taps[index] ?? []
    return (row - lastRow) * width + (column - lastColumn)
  }))

  const starts = Float32Array.from({ length: rows * columns }, (_, at) => (Math.floor(at / columns) * (window.strides[0] ?? 1) - (window.pads[0] ?? 0)) * width + (at % columns) * (window.strides[1] ?? 1) - (window.pads[1] ?? 0))
  const indices = emit.cast(emit.add(offset, emit.constant(float32Tensor([1, 1, rows, columns], starts))), 'int64')
  const planes = samples * channels
  const scattered = emit.scatterElements(zerosLate(emit, indices, [planes, height * width]), emit.reshape(indices, [planes, rows * columns]), emit.reshape(dy, [planes, rows * columns]), 1, 'add')
  return emit.reshape(scattered, x.dims)
}

/** Zeros that depend on a value of the run: onnxruntime would keep constant ones as a weight of their size (120 MB of VGG-19 at 512 pixels), and copy them at every run. */
function zerosLate(emit: Emit, integers: Value, dims: readonly number[]): Value {
  const first = emit.slice(emit.reshape(integers, [-1]), [0], [1], [0])
  return emit.expand(emit.cast(emit.mul(first, 0), 'float32'), dims)
}

/** One tap of that weight, at that position of the window, for every channel. */
const depthwiseKernel = (emit: Emit, channels: number, [height, width]: readonly [number, number], position: number, weight: number): Value =>
  emit.constant(float32Tensor([channels, 1, height, width], Float32Array.from({ length: channels * height * width }, (_, index) => (index % (height * width) === position ? weight : 0))))

/** x within as wide a border of `outside` as the windows reach, made in the blocked layout: there a Conv pads, but with zeros. */
function padOutside(emit: Emit, x: Value, window: Window, windows: readonly number[]): Value {
  const begins = windows.map((_, axis) => window.pads[axis] ?? 0)
  const ends = windows.map((count, axis) => Math.max(0, (count - 1) * (window.strides[axis] ?? 1) + extentOf(window, axis) - (x.dims[axis + 2] ?? 1) - (begins[axis] ?? 0)))
  const pads = [...begins, ...ends]
  if (pads.every((pad) => pad === 0)) return x
  const channels = x.dims[1] ?? 1
  const point = [1, 1] as const
  const ones = emit.node('HardSigmoid', [x], { alpha: float(0), beta: float(1) }, [{ dataType: x.dataType, dims: x.dims }])[0] ?? x
  // -outside within the picture and 0 beyond it; with `outside` added everywhere, 0 within and `outside` beyond.
  const border = emit.conv(ones, depthwiseKernel(emit, channels, point, 0, -outside), { pads, group: channels, bias: emit.constant(float32Tensor([channels], new Float32Array(channels).fill(outside))) })
  return emit.add(emit.conv(x, depthwiseKernel(emit, channels, point, 0, 1), { pads, group: channels }), border)
}

/** Sum of weight[k] values[k]; values of one weight are added up before they are weighted. */
function weightedSum(emit: Emit, values: readonly Value[], weights: readonly number[]): Value {
  const sums = [...new Set(weights)].map((weight) => {
    const [first, ...rest] = values.filter((_, index) => weights[index] === weight)
    return { weight, sum: rest.reduce((sum, value) => sum && emit.add(sum, value), first) }
  }).sort((a, b) => Math.abs(a.weight - 1) - Math.abs(b.weight - 1))
  return sums.reduce<Value | undefined>((total, { weight, sum }) => {
    if (!sum) return total
    const channels = sum.dims[1] ?? 1
    const weighted = weight === 1 ? sum : emit.conv(sum, depthwiseKernel(emit, channels, [1, 1], 0, weight), { group: channels })
    return total ? emit.add(weighted, total) : weighted
  }, undefined) ?? values[0] ?? emit.scalar(0)
}
