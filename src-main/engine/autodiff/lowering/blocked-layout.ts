/**
 * onnxruntime's CPU kernels on x64 have a blocked layout (NCHWc): convolutions, pools, Add, Mul, nearest Resize and a few activations
 * hand blocks on to each other, and Add joins the Conv before it; anything else is reordered on the way in and out, three passes over memory where
 * one would do. A value that such an operator did not make enters the layout through a Conv.
 */
import { tensorOfNumbers } from '../../onnx/tensor-data.ts'
import type { Emit, Value } from '../emit.ts'

/** Channels of a block: 8 with AVX2, 16 with AVX-512. */
const block = 16

/** Whether [N, C, H, W] of these dims can be blocked on this device. */
export const canBeBlocked = (emit: Emit, { dims, dataType }: Pick<Value, 'dims' | 'dataType'>): boolean =>
  emit.target.blockedLayout === true && dataType === 'float32' && dims.length === 4 && (dims[1] ?? 1) % block === 0

/** factor x, by a depthwise 1x1 Conv; x itself where it cannot be blocked. */
export function enterBlockedLayout(emit: Emit, x: Value, factor = 1): Value {
  if (!canBeBlocked(emit, x)) return emit.mul(x, factor)
  const channels = x.dims[1] ?? 1
  return emit.conv(x, emit.constant(tensorOfNumbers('float32', [channels, 1, 1, 1], Array<number>(channels).fill(factor))), { group: channels })
}

/** factor x [N, C, 1, ...] at every position of a map of these dims. */
export function fillMap(emit: Emit, x: Value, dims: readonly number[], factor: number): Value {
  const spatial = dims.slice(2)
  const isPoint = x.dims.length === 4 && x.dims.slice(2).every((dim) => dim === 1)
  return isPoint && canBeBlocked(emit, x) ? emit.upsampleNearest(enterBlockedLayout(emit, x, factor), spatial) : emit.expand(emit.mul(x, factor), dims)
}
