import type { Emit, Value } from '../emit.ts'

/** [M, C/g, ...k] to [C, M/g, ...k], reversed along every spatial axis. */
export function flippedKernel(emit: Emit, w: Value, group: number): Value {
  const [filters = 1, channels = 1, ...kernel] = w.dims
  const spatial = kernel.map((_, axis) => axis)
  const grouped = emit.reshape(w, [group, filters / group, channels, ...kernel])
  const swapped = filters === group && channels === 1 ? grouped : emit.transpose(grouped, [0, 2, 1, ...spatial.map((axis) => axis + 3)])
  return emit.flip(emit.reshape(swapped, [group * channels, filters / group, ...kernel]), spatial.map((axis) => axis + 2))
}
