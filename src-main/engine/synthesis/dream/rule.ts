/** From a gradient to the next picture, as operators: the one rule of every step, behind the network in its graph or part by part behind tiles. */
import { invariant } from '#contract/errors.ts'
import type { Emit, Value } from '../../autodiff/emit.ts'
import { magnitudeOf, steepnessOf, stepBy } from '../unit-step.ts'
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

export const isPlain = ({ smoothing, pyramid, evenness, natural }: Shaping): boolean => smoothing === 0 && pyramid === 0 && evenness === 0 && natural === 0

/** Of the whole picture's gradient. */
export function shaped(emit: Emit, gradient: Value, { smoothing, pyramid, evenness, natural }: Shaping): Value {
  const filtered = smoothing > 0 || pyramid > 0 ? together(emit, equalized(emit, smoothed(emit, apart(emit, gradient), smoothing), pyramid)) : gradient
  return evened(emit, naturalized(emit, filtered, natural), evenness)
}

/** picture + rate g / magnitude, kept within 0..1, of any part of the picture. */
export function moved(emit: Emit, { picture, gradient, rate, mask }: RuleValues, magnitude: Value): Value {
  const [next] = emit.node('Clip', [emit.add(picture, stepBy(emit, gradient, rate, magnitude, mask)), emit.scalar(0), emit.scalar(1)], {}, [picture])
  invariant(next, 'a step without a picture')
  return next
}

/** With a mask the mean is over what it lets through (google/deepdream, make_step). */
export function emitRule(emit: Emit, values: RuleValues, shaping: Shaping): RuleResult {
  emit.enter('rule')
  const gradient = shaped(emit, values.gradient, shaping)
  const magnitude = magnitudeOf(emit, steepnessOf(emit, gradient, values.mask))
  return { magnitude, picture: moved(emit, { ...values, gradient }, magnitude) }
}
