import type { Emit, Value } from '../emit.ts'

/**
 * The transpose of Slice: zeros of shape `dims`, with `value` at `starts[axis] + k steps[axis]` along every axis.
 * A step apart from 1 interleaves zeros by reshaping and padding: no indices, so it runs on every device.
 */
export function spread(emit: Emit, value: Value, dims: readonly number[], starts: readonly number[], steps: readonly number[]): Value {
  if (value.dims.includes(0)) return emit.fill(dims, 0, value.dataType)
  const reversed = dims.map((_, axis) => axis).filter((axis) => (steps[axis] ?? 1) < 0)
  let spreading = emit.flip(value, reversed)
  const begins: number[] = []
  const ends: number[] = []
  for (const [axis, dim] of dims.entries()) {
    const count = value.dims[axis] ?? 1
    const step = Math.abs(steps[axis] ?? 1)
    const start = starts[axis] ?? 0
    const first = (steps[axis] ?? 1) < 0 ? start - (count - 1) * step : start
    const stretched = count > 1 ? count * step : 1
    if (stretched !== count) spreading = interleave(emit, spreading, axis, step)
    begins.push(first)
    // Negative where the zeros after the last element reach beyond the end: Pad then crops.
    ends.push(dim - first - stretched)
  }
  return emit.pad(spreading, [...begins, ...ends])
}

/** [..., n, ...] to [..., n step, ...]: each element is followed by step - 1 zeros. */
function interleave(emit: Emit, value: Value, axis: number, step: number): Value {
  const before = value.dims.slice(0, axis)
  const after = value.dims.slice(axis + 1)
  const count = value.dims[axis] ?? 1
  const split = emit.reshape(value, [...before, count, 1, ...after])
  const padded = emit.pad(split, [...split.dims.map(() => 0), ...split.dims.map((_, at) => (at === axis + 1 ? step - 1 : 0))])
  return emit.reshape(padded, [...before, count * step, ...after])
}
