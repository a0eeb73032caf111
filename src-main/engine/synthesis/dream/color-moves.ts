/** A gradient turned towards the colors that natural pictures vary along (Olah et al. 2017, "decorrelated space"): brightness most, red against green least. */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'

/** Square root of ImageNet's color covariance, as Lucid has it. */
const root = [[0.26, 0.09, 0.02], [0.27, 0, -0.05], [0.27, -0.09, 0.03]] as const
const product = root.map((row) => root.map((other) => row[0] * other[0] + row[1] * other[1] + row[2] * other[2]))
const largest = Math.max(...product.flat())

/** g becomes ((1 - share) I + share C) g at every pixel, C the covariance with largest entry 1: a step in decorrelated space. Gray pictures stay. */
export function naturalized(emit: Emit, gradient: Value, share: number): Value {
  if (share === 0 || gradient.dims[1] !== 3) return gradient
  const matrix = product.flatMap((row, at) => row.map((value, other) => (share * value) / largest + (at === other ? 1 - share : 0)))
  return emit.conv(gradient, emit.constant(float32Tensor([3, 3, 1, 1], matrix)))
}
