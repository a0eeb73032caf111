/**
 * Batch normalisation over n elements a channel with the batch's own statistics (Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1 and
 * section 3), i = 1 / sqrt(var + epsilon):
 *   y = scale i (x - mean) + shift,  dscale = i S,  dx = scale i (dy - sum(dy) / n - (x - mean) i² S / n),  S = sum dy (x - mean).
 * Two forms compute it: batch-norm-centered.ts anywhere, batch-norm-affine.ts in fewer passes over maps on the CPU.
 */
import type { Emit, Value } from '../emit.ts'
import { affineForm } from './batch-norm-affine.ts'
import { centeredForm } from './batch-norm-centered.ts'

export interface BatchNormForm {
  /** Of each channel. */
  readonly mean: Value
  /** Biased. */
  readonly variance: Value
  /** Of scale and shift, [C] each. */
  output(scale: Value, shift: Value): Value
  /** [C] */
  scaleGradient(dy: Value): Value
  inputGradient(dy: Value, scale: Value, through: ThroughStatistics): Value
}

/** Gradients with respect to the mean and the variance themselves, [C] each, where something reads them. */
export interface ThroughStatistics { readonly mean: Value | undefined; readonly variance: Value | undefined }

/** x [N, C, ...] */
export function batchNormForm(emit: Emit, x: Value, epsilon: number): BatchNormForm {
  return emit.target.provider === 'cpu' && x.dims.length === 4 && x.dataType === 'float32' ? affineForm(emit, x, epsilon) : centeredForm(emit, x, epsilon)
}
