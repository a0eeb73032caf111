/** What pulls a parameter back at every step, beside the gradient of the loss. */
import type { Emit, Value } from '../autodiff/emit.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'

/** Binomial blur, 3 by 3. */
const blur = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((tap) => tap / 16)

/** weightDecay w, undefined where it is zero. Biases and the scales of normalisation are not decayed. */
export function weightDecayOf(emit: Emit, weight: Value, weightDecay: number): Value | undefined {
  return weightDecay > 0 && weight.dims.length > 1 ? emit.mul(weight, weightDecay) : undefined
}

/**
 * smoothness (w - blur(w)): the gradient of a quadratic roughness penalty, which decays the fine noise of a kernel and leaves its
 * edges. Undefined where it is zero.
 */
export function smoothingOf(emit: Emit, weight: Value, smoothness: number): Value | undefined {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = weight.dims
  if (smoothness === 0 || weight.dims.length !== 4) return undefined
  const planes = emit.reshape(weight, [outputs * inputs, 1, height, width])
  const blurred = emit.conv(planes, emit.constant(float32Tensor([1, 1, 3, 3], blur)), { pads: [1, 1, 1, 1] })
  return emit.mul(emit.reshape(emit.sub(planes, blurred), weight.dims), smoothness)
}
