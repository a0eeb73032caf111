/**
 * The range of a network that answers a picture with a picture: it is taken to answer in the range that it is fed (style transfer
 * in bytes, super-resolution in 0..1, translation networks behind a Tanh in -1..1).
 */
import type { Pixels } from '../images/pixels.ts'
import type { HostTensor } from '../runtime/host-tensor.ts'
import { displayTensor, inputTensor } from './apply.ts'
import { candidatesFor, findCandidate } from './candidates.ts'
import type { Candidate } from './candidates.ts'
import { fitPicture } from './fit.ts'
import type { Geometry } from './fit.ts'
import { float32OfHost } from './host-values.ts'
import type { PictureInput } from './picture-input.ts'

export interface RangeRequest {
  readonly input: PictureInput
  readonly geometry: Geometry
  readonly picture: Pixels
  readonly predict: (input: HostTensor) => Promise<HostTensor>
}

export async function guessByRange({ input, geometry, picture, predict }: RangeRequest): Promise<Candidate> {
  const unit = findCandidate('zero-one', input.channels) ?? candidatesFor(input.channels, input.height)[0]!
  const display = displayTensor(fitPicture(picture, geometry), input.channels === 1)
  const answer = float32OfHost(await predict(inputTensor(display, input, unit.normalization)))
  const range = rangeOf(answer)
  return findCandidate(range === 'bytes' ? 'raw255' : range === 'signed' ? 'tf' : 'zero-one', input.channels) ?? unit
}

export type ValueRange = 'bytes' | 'signed' | 'unit'

/** Beyond 0..1 by more than what a network overshoots. */
const overshoot = 4
const tail = 0.02

/** The range that a picture's values are in, by its 2nd and 98th percentile. */
export function rangeOf(values: Float32Array): ValueRange {
  const sorted = values.slice().sort()
  const low = sorted[Math.floor(sorted.length * tail)] ?? 0, high = sorted[Math.ceil(sorted.length * (1 - tail)) - 1] ?? 1
  if (Math.max(Math.abs(low), Math.abs(high)) > overshoot) return 'bytes'
  return low < -0.25 ? 'signed' : 'unit'
}
