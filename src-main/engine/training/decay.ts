/** What pulls a parameter back at every step, beside the gradient (decoupled: Loshchilov and Hutter 2019, arXiv:1711.05101). */
import type { Emit, Value } from '../autodiff/emit.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'

/** Binomial blur, 3 by 3. */
const blur = [1, 2, 1, 2, 4, 2, 1, 2, 1].map((tap) => tap / 16)

/**
 * weightDecay w + smoothness (w - blur(w)), undefined where both are zero. The second term is the gradient of a quadratic
 * roughness penalty: it decays the fine noise of a kernel and leaves its edges. Biases are not decayed.
 */
export function decayOf(emit: Emit, weight: Value, weightDecay: number, smoothness: number): Value | undefined {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = weight.dims
  const shrink = weightDecay > 0 && weight.dims.length > 1 ? emit.mul(weight, weightDecay) : undefined
  if (smoothness === 0 || weight.dims.length !== 4) return shrink
  const planes = emit.reshape(weight, [outputs * inputs, 1, height, width])
  const blurred = emit.conv(planes, emit.constant(float32Tensor([1, 1, 3, 3], blur)), { pads: [1, 1, 1, 1] })
  const rough = emit.mul(emit.reshape(emit.sub(planes, blurred), weight.dims), smoothness)
  return shrink ? emit.add(shrink, rough) : rough
}
