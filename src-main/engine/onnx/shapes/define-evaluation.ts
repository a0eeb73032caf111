/**
 * Evaluation of small tensors when shapes are inferred, one file an operator family in `evaluations/`, globbed. The
 * shape rule has already said the outputs' shapes and types; an evaluation says their elements.
 */
import type { Dim } from '../model.ts'
import type { Content } from './content.ts'
import type { Fact, ShapeContext } from './define-shape.ts'

/** Elements in row-major order; element type and rounding to it are the shape rule's and the caller's. */
export type Elements = Pick<Content, 'dims' | 'values'>

export interface EvaluationContext extends ShapeContext {
  /** Aligned with the inputs; undefined where an input is omitted, not known or large. */
  readonly contents: readonly (Content | undefined)[]
  /** What the shape rule inferred. */
  readonly outputs: readonly (Fact | undefined)[]
}

export interface Evaluation {
  readonly ops: readonly string[]
  readonly evaluate: (context: EvaluationContext) => readonly (Elements | undefined)[]
}

export const defineEvaluation = (evaluation: Evaluation): Evaluation => evaluation

/** Row-major strides. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = Array<number>(dims.length).fill(1)
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1)
  return strides
}

/** Every coordinate of a shape in row-major order. The array is reused: read it at once. */
export function* coordinatesOf(dims: readonly number[]): Generator<readonly number[]> {
  if (dims.includes(0)) return
  const at = Array<number>(dims.length).fill(0)
  for (;;) {
    yield at
    let axis = dims.length - 1
    while (axis >= 0 && (at[axis] = (at[axis] ?? 0) + 1) === dims[axis]) at[axis--] = 0
    if (axis < 0) return
  }
}

/** A tensor of those dims whose elements are taken from `from` at the flat index that `where` gives. */
export function pick(from: Content, dims: readonly number[], where: (at: readonly number[]) => number): Elements {
  return { dims, values: Array.from(coordinatesOf(dims), (at): Dim => from.values[where(at)] ?? null) }
}

/** The strides that read `dims` as if broadcast to `rank` axes: 0 along axes of extent 1. */
export function broadcastStrides(dims: readonly number[], rank: number): number[] {
  const own = stridesOf(dims).map((stride, axis) => (dims[axis] === 1 ? 0 : stride))
  return [...Array<number>(rank - dims.length).fill(0), ...own]
}

export const offsetOf = (at: readonly number[], strides: readonly number[]): number => strides.reduce((sum, stride, axis) => sum + stride * (at[axis] ?? 0), 0)
