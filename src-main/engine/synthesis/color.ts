/**
 * Colours in a space whose axes natural pictures vary along independently, brightest first (Olah et al. 2017, "decorrelated space"): the square root of the
 * colour covariance of ImageNet, as Lucid has it, largest column norm 1. Gray pictures have one axis.
 */
import type { Emit, Value } from '../autodiff/emit.ts'
import { float32Tensor } from '../onnx/tensor-data.ts'

const covarianceRoot = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]] as const
const largestNorm = Math.max(...[0, 1, 2].map((column) => Math.hypot(...covarianceRoot.map((row) => row[column as 0 | 1 | 2]))))

/** [N, C, H, W] of any size to a picture in 0..1. */
export function toDisplay(emit: Emit, value: Value): Value {
  if (value.dims[1] !== 3) return emit.sigmoid(value)
  const kernel = emit.constant(float32Tensor([3, 3, 1, 1], covarianceRoot.flat().map((entry) => entry / largestNorm)))
  return emit.sigmoid(emit.conv(value, kernel))
}
