/** The transpose of a fixed linear map along one axis, as the cheapest operators that express it. */
import { elementCount, tensorOfNumbers } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'
import type { Tap } from './interpolation.ts'
import { spread } from './spread.ts'
import { runsOf, sumByIndex } from './sum-by-index.ts'

/** More runs than this are one product with a matrix. */
const maximumRuns = 4

/** `value` has `taps.length` elements along the axis, the result `length`: result[i] = sum over positions p of weight(p, i) value[p]. */
export function applyTranspose(emit: Emit, value: Value, axis: number, taps: readonly (readonly Tap[])[], length: number): Value {
  const copied = taps.map((list) => (list.length === 1 && list[0]?.weight === 1 ? list[0].index : undefined))
  if (copied.every((index) => index !== undefined)) {
    if (copied.length === length && copied.every((index, position) => index === position)) return value
    const selected = applySelection(emit, value, axis, copied, length)
    if (selected) return selected
  }
  return applyMatrix(emit, value, axis, taps, length)
}

/** Repeats by a whole factor are a sum, every n-th element is spread, few runs are moved; undefined where none applies. */
function applySelection(emit: Emit, value: Value, axis: number, indices: readonly number[], length: number): Value | undefined {
  const { dims } = value
  const factor = indices.length / length
  if (factor > 1 && Number.isInteger(factor) && indices.every((index, position) => index === Math.floor(position / factor)))
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
