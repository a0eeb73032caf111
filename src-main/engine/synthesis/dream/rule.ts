/** From a gradient to the next picture, as operators: the one rule of every step, behind the network in its graph or alone behind tiles. */
import { invariant } from '#contract/errors.ts'
import type { Emit, Value } from '../../autodiff/emit.ts'
import { unitStep } from '../unit-step.ts'
import { naturalized } from './color-moves.ts'
import { evened } from './even.ts'
import { equalized } from './laplacian.ts'
import { apart, smoothed, together } from './smooth.ts'

/** What makes another graph. */
export interface Shaping {
  /** Pixels. */
  readonly smoothing: number
  /** Levels; 0: none. */
  readonly pyramid: number
  /** See `evened`. */
  readonly evenness: number
  /** See `naturalized`. */
  readonly natural: number
}

export interface RuleValues {
  /** [1, C, H, W], both. */
  readonly picture: Value
  readonly gradient: Value
  /** Mean change of a dreaming pixel, of 1. */
  readonly rate: Value
  /** [1, 1, H, W], where to dream, 0..1. */
  readonly mask?: Value | undefined
}

export interface RuleResult {
  /** The next one. */
  readonly picture: Value
  /** Mean |g| as it was divided by: zero where nothing moves the picture. */
  readonly magnitude: Value
}

/** picture + rate g / mean |g|, kept within 0..1 (google/deepdream, make_step). With a mask the mean is over what it lets through. */
export function emitRule(emit: Emit, { picture, gradient, rate, mask }: RuleValues, { smoothing, pyramid, evenness, natural }: Shaping): RuleResult {
  emit.enter('rule')
  const filtered = smoothing > 0 || pyramid > 0 ? together(emit, equalized(emit, smoothed(emit, apart(emit, gradient), smoothing), pyramid)) : gradient
  const shaped = evened(emit, naturalized(emit, filtered, natural), evenness)
  const { step, magnitude } = unitStep(emit, shaped, rate, mask)
  const [next] = emit.node('Clip', [emit.add(picture, step), emit.scalar(0), emit.scalar(1)], {}, [picture])
  invariant(next, 'a step without a picture')
  return { picture: next, magnitude }
}
