/** The transpose of a fixed linear map along one axis, as the cheapest operators that express it. */
import { elementCount, tensorOfNumbers } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import { averagePool } from './average-pool.ts'
import type { Tap } from './interpolation.ts'
import { spread } from './spread.ts'
import { runsOf, sumByIndex } from './sum-by-index.ts'

/** More runs than this are one product with a matrix. */
const maximumRuns = 4

/** `value` has `taps.length` elements along the axis, the result `length`: result[i] = sum over positions p of weight(p, i) value[p]. */
export function applyTranspose(emit: Emit, value: Value, axis: number, taps: readonly (readonly Tap[])[], length: number): Value {
  const copied = copiedIndices(taps)
  if (copied.every((index) => index !== undefined)) {
    if (copied.length === length && copied.every((index, position) => index === position)) return value
    const selected = applySelection(emit, value, axis, copied, length)
    if (selected) return selected
  }
  return applyMatrix(emit, value, axis, taps, length)
}

/** Which element each position is a copy of; undefined where it is none. */
const copiedIndices = (taps: readonly (readonly Tap[])[]): (number | undefined)[] =>
  taps.map((list) => (list.length === 1 && list[0]?.weight === 1 ? list[0].index : undefined))

/**
 * The transpose of repeating pixels of [N, C, H, W] by whole factors, as a sum over blocks: AveragePool took half the time
 * of two ReduceSums on the CPU provider. Undefined where an axis is resized otherwise.
 */
export function sumOverBlocks(emit: Emit, value: Value, axes: readonly { readonly axis: number; readonly taps: readonly (readonly Tap[])[]; readonly length: number }[]): Value | undefined {
  const factors = value.dims.map(() => 1)
  for (const { axis, taps, length } of axes) {
    const factor = wholeFactor(copiedIndices(taps), length)
    if (factor === undefined) return undefined
    factors[axis] = factor
  }
  const [samples, channels, ...kernel] = factors
  if (kernel.length !== 2 || samples !== 1 || channels !== 1 || kernel.every((factor) => factor === 1)) return undefined
  const mean = averagePool(emit, value, { kernel, strides: kernel, dilations: [1, 1], pads: [0, 0, 0, 0] })
  return emit.mul(mean, elementCount(kernel))
}

/** How often every element is repeated, side by side; undefined where that differs between elements. */
const wholeFactor = (indices: readonly (number | undefined)[], length: number): number | undefined => {
  const factor = indices.length / length
  return Number.isInteger(factor) && indices.every((index, position) => index === Math.floor(position / factor)) ? factor : undefined
}

/** Repeats by a whole factor are a sum, every n-th element is spread, few runs are moved; undefined where none applies. */
function applySelection(emit: Emit, value: Value, axis: number, indices: readonly number[], length: number): Value | undefined {
  const { dims } = value
  const factor = wholeFactor(indices, length)
  if (factor !== undefined)
    return emit.reduceSum(emit.reshape(value, [...dims.slice(0, axis), length, factor, ...dims.slice(axis + 1)]), [axis + 1])
  const [start = 0, next = start + 1] = indices
  const step = next - start
  if (step !== 0 && indices.every((index, position) => index === start + position * step))
    return spread(emit, value, dims.map((dim, at) => (at === axis ? length : dim)), dims.map((_, at) => (at === axis ? start : 0)), dims.map((_, at) => (at === axis ? step : 1)))
  return runsOf(indices).length <= maximumRuns ? sumByIndex(emit, value, axis, indices, length) : undefined
}

function applyMatrix(emit: Emit, value: Value, axis: number, taps: readonly (readonly Tap[])[], length: number): Value {
  const { dims, dataType } = value
  const last = axis === dims.length - 1
  const resized = taps.length
  const weights = Array<number>(resized * length).fill(0)
  for (const [position, list] of taps.entries())
    for (const { index, weight } of list) weights[last ? position * length + index : index * resized + position] = weight
  const [before, after] = [dims.slice(0, axis), dims.slice(axis + 1)]
  if (last) {
    const matrix = emit.constant(tensorOfNumbers(dataType, [resized, length], weights))
    return emit.reshape(emit.matMul(emit.reshape(value, [elementCount(before), resized]), matrix), [...before, length])
  }
  const matrix = emit.constant(tensorOfNumbers(dataType, [length, resized], weights))
  return emit.reshape(emit.matMul(matrix, emit.reshape(value, [elementCount(before), resized, elementCount(after)])), [...before, length, ...after])
}
