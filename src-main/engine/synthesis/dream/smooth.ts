/** Filters of a gradient as operators. Every channel by itself, as one of a batch: [C, 1, H, W]. Borders repeat. */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'

/** [1, C, H, W] to [C, 1, H, W], and back. */
export const apart = (emit: Emit, value: Value): Value => emit.reshape(value, [value.dims[1] ?? 1, 1, ...value.dims.slice(2)])
export const together = (emit: Emit, value: Value): Value => emit.reshape(value, [1, value.dims[0] ?? 1, ...value.dims.slice(2)])

/** Rows and columns beyond the border are those at it. */
export const widened = (emit: Emit, value: Value, rows: number, columns: number): Value => emit.pad(value, [0, 0, rows, columns, 0, 0, rows, columns], 0, 'edge')

/** Gaussian of that standard deviation in pixels, cut off at three of them. */
export function smoothed(emit: Emit, planes: Value, deviation: number): Value {
  if (deviation <= 0) return planes
  const weights = gaussian(deviation)
  const radius = weights.length >> 1
  const across = emit.conv(widened(emit, planes, 0, radius), emit.constant(float32Tensor([1, 1, 1, weights.length], weights)))
  return emit.conv(widened(emit, across, radius, 0), emit.constant(float32Tensor([1, 1, weights.length, 1], weights)))
}

function gaussian(deviation: number): readonly number[] {
  const radius = Math.ceil(3 * deviation)
  const weights = Array.from({ length: 2 * radius + 1 }, (_, index) => Math.exp(-((index - radius) ** 2) / (2 * deviation ** 2)))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}
