/** The gradient of broadcasting: a value spread over an axis receives the sum over that axis. */
import { AppError } from '#contract/errors.ts'
import type { Emit, Value } from './emit.ts'

/** Sums `value` over the axes along which `dims` was broadcast to reach it. Throws where `dims` does not broadcast to it. */
export function sumToShape(emit: Emit, value: Value, dims: readonly number[]): Value {
  const leading = value.dims.length - dims.length
  const summed: number[] = []
  for (const [axis, extent] of value.dims.entries()) {
    const wanted = axis < leading ? 1 : dims[axis - leading]
    if (wanted === extent && axis >= leading) continue
    if (wanted !== 1) throw new AppError('bug', `Internal error: a gradient of shape [${value.dims.join(', ')}] cannot be summed to [${dims.join(', ')}]. Please report it.`)
    // An axis of length 1 that only has to go needs no sum.
    if (extent !== 1) summed.push(axis)
  }
  if (leading < 0) throw new AppError('bug', `Internal error: a gradient of shape [${value.dims.join(', ')}] has fewer axes than its value's [${dims.join(', ')}]. Please report it.`)
  return emit.reshape(emit.reduceSum(value, summed, true), dims)
}
