/** Arithmetic of static shapes. */
import { AppError } from '#contract/errors.ts'

/** numpy broadcasting of two shapes. */
export function broadcastDims(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, index) => {
    const left = a[index - rank + a.length] ?? 1
    const right = b[index - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1)
      throw new AppError('shape-mismatch', `Shapes [${a.join(', ')}] and [${b.join(', ')}] do not broadcast: axis ${index} is ${left} against ${right}.`)
    return left === 1 ? right : left
  })
}

/** An axis counted from the end when negative. */
export function resolveAxis(axis: number, rank: number): number {
  const resolved = axis < 0 ? axis + rank : axis
  if (resolved < 0 || resolved > Math.max(0, rank - 1))
    throw new AppError('shape-mismatch', `Axis ${axis} is out of range for a tensor of rank ${rank}.`)
  return resolved
}

/** A reshape target with at most one -1, resolved for that many elements. */
export function resolveDims(to: readonly number[], count: number): number[] {
  const known = to.reduce((product, dim) => (dim === -1 ? product : product * dim), 1)
  return to.map((dim) => (dim === -1 ? (known === 0 ? 0 : count / known) : dim))
}

/** Spatial extent of a transposed convolution (ONNX ConvTranspose-11, explicit pads). */
export function convTransposeDims(input: readonly number[], kernel: readonly number[], options: { strides: readonly number[]; dilations: readonly number[]; pads: readonly number[]; outputPadding: readonly number[] }): number[] {
  const spatial = input.length
  return input.map((dim, axis) => {
    const window = ((kernel[axis] ?? 1) - 1) * (options.dilations[axis] ?? 1) + 1
    return (options.strides[axis] ?? 1) * (dim - 1) + (options.outputPadding[axis] ?? 0) + window - (options.pads[axis] ?? 0) - (options.pads[axis + spatial] ?? 0)
  })
}
