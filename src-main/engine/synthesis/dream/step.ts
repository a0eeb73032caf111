/** From a gradient to the next picture. */
import { AppError } from '#contract/errors.ts'
import { blurPlanes } from '../../images/planes.ts'
import type { FloatTensor } from '../../runtime/host-tensor.ts'
import { naturalizeColors } from './color-moves.ts'
import { evenOut } from './even.ts'
import { equalizeLevels } from './laplacian.ts'

export interface Ascent {
  /** Mean change of a dreaming pixel, of 255. */
  readonly stepSize: number
  /** Pixels. */
  readonly smoothing: number
  /** Levels; 0: none. */
  readonly pyramid: number
  /** See `evenOut`. */
  readonly evenness: number
  /** See `naturalizeColors`. */
  readonly natural: number
  /** [H * W], where to dream, 0..1. */
  readonly mask?: Float32Array | undefined
}

/**
 * picture += stepSize g / mean |g|, kept within 0..1 (google/deepdream, make_step); in place. With a mask the mean is over what it lets through.
 * Throws 'target-invalid' where there is no gradient.
 */
export async function ascend(picture: FloatTensor, gradient: Float32Array, { stepSize, smoothing, pyramid, evenness, natural, mask }: Ascent, titles: readonly string[]): Promise<void> {
  const planes = { dims: picture.dims, data: gradient }
  await blurPlanes(planes, smoothing)
  await equalizeLevels(planes, pyramid)
  naturalizeColors(planes, natural)
  await evenOut(planes, evenness)
  const mean = meanMagnitude(gradient, mask)
  if (!Number.isFinite(mean)) throw new AppError('run-failed', `The gradient of '${titles.join("', '")}' is not finite. Another layer may do, or the CPU instead of the graphics card.`)
  if (mean === 0) throw new AppError('target-invalid', `Nothing in the picture changes '${titles.join("', '")}': its gradient is zero everywhere. Choose another layer, or other channels.`)
  const factor = stepSize / 255 / mean
  const { data } = picture
  const plane = mask?.length ?? data.length
  for (let index = 0; index < data.length; index++) {
    const next = data[index]! + factor * gradient[index]! * (mask ? mask[index % plane]! : 1)
    data[index] = next < 0 ? 0 : next > 1 ? 1 : next
  }
}

export function meanMagnitude(gradient: Float32Array, mask?: Float32Array): number {
  let sum = 0, weight = 0
  if (!mask) {
    for (const value of gradient) sum += Math.abs(value)
    return sum / gradient.length
  }
  for (let index = 0; index < gradient.length; index++) {
    const share = mask[index % mask.length]!
    sum += share * Math.abs(gradient[index]!)
    weight += share
  }
  return weight === 0 ? 0 : sum / weight
}
