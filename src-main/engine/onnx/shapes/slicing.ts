/** Slice's parameters, from attributes (operator set 1) or inputs (10), clamped as numpy clamps them. */
import { intsOf } from '../attributes.ts'
import type { Dim } from '../model.ts'
import { axisIn, hasInput, mismatch, numbersAt } from './context.ts'
import type { ShapeContext } from './define-shape.ts'
import { isNumber } from './dims.ts'

export interface SliceOfAxis {
  readonly start: number
  readonly end: number
  readonly step: number
}

/** Slices by axis, as written; 'unknown' where they are computed when the model runs. */
export function slicesOf(context: ShapeContext, rank: number): ReadonlyMap<number, SliceOfAxis> | 'unknown' {
  const list = (attribute: string, index: number): readonly number[] | undefined => intsOf(context.node, attribute) ?? numbersAt(context, index)
  const starts = list('starts', 1)
  const ends = list('ends', 2)
  const axes = list('axes', 3) ?? (hasInput(context, 3) ? undefined : starts?.map((_, index) => index))
  const steps = numbersAt(context, 4) ?? (hasInput(context, 4) ? undefined : starts?.map(() => 1))
  if (!starts || !ends || !axes || !steps) return 'unknown'
  if (ends.length !== starts.length || axes.length !== starts.length || steps.length !== starts.length || steps.includes(0))
    mismatch(context, `starts, ends, axes and steps (not 0) were expected to be of one length, got [${starts.join(', ')}], [${ends.join(', ')}], [${axes.join(', ')}], [${steps.join(', ')}].`)
  return new Map(axes.map((axis, index) => [axisIn(context, axis, rank), { start: starts[index] ?? 0, end: ends[index] ?? 0, step: steps[index] ?? 1 }]))
}

/** The first index, the step and the number of elements that a slice takes of an axis. */
export function takenOf({ start, end, step }: SliceOfAxis, extent: number): { readonly first: number; readonly step: number; readonly count: number } {
  const wrap = (index: number): number => (index < 0 ? index + extent : index)
  const clamp = (index: number, low: number, high: number): number => Math.min(high, Math.max(low, index))
  const first = step > 0 ? clamp(wrap(start), 0, extent) : clamp(wrap(start), 0, extent - 1)
  const last = step > 0 ? clamp(wrap(end), 0, extent) : clamp(wrap(end), -1, extent - 1)
  return { first, step, count: Math.max(0, Math.ceil((last - first) / step)) }
}

const unbounded = 2 ** 31 - 1

/** The extent after slicing; a symbolic extent survives a slice that takes all of it. */
export function slicedExtent(slice: SliceOfAxis | undefined, dim: Dim): Dim {
  if (!slice) return dim
  if (isNumber(dim)) return takenOf(slice, dim).count
  return slice.start === 0 && slice.step === 1 && slice.end >= unbounded ? dim : null
}
