/** Arithmetic of extents that may be symbolic: a number, a name, or null for "nothing known". */
import type { Dim, Shape } from '../model.ts'

export const isNumber = (dim: Dim | undefined): dim is number => typeof dim === 'number'

/** The shape as numbers, or undefined where an axis (or the rank) is not known. */
export function staticDims(shape: Shape | undefined): readonly number[] | undefined {
  return shape?.every(isNumber) ? shape : undefined
}

export const showShape = (shape: Shape | undefined): string => (shape ? `[${shape.map((dim) => dim ?? '?').join(', ')}]` : 'of unknown rank')

/** What two statements about the same axis say together; undefined where they contradict each other. */
export function unifyDims(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === null) return a
  if (a === null) return b
  if (isNumber(a)) return isNumber(b) ? undefined : a
  return isNumber(b) ? b : a
}

/** numpy broadcasting of one axis; undefined where the extents do not broadcast. */
export function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a
  if (a === 1) return b
  if (isNumber(a)) return isNumber(b) ? undefined : a
  return isNumber(b) ? b : null
}

/** numpy broadcasting of shapes, or the index of the first axis (of the result) that does not broadcast. */
export function broadcastShapes(shapes: readonly Shape[]): { readonly shape: Shape } | { readonly failsAt: number } {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length))
  const result: Dim[] = Array<Dim>(rank).fill(1)
  for (const shape of shapes)
    for (const [index, dim] of shape.entries()) {
      const axis = rank - shape.length + index
      const together = broadcastDim(result[axis] ?? null, dim)
      if (together === undefined) return { failsAt: axis }
      result[axis] = together
    }
  return { shape: result }
}

export function addDims(a: Dim, b: Dim): Dim {
  if (isNumber(a) && isNumber(b)) return a + b
  return a === 0 ? b : b === 0 ? a : null
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  if (isNumber(a) && isNumber(b)) return a * b
  if (a === 0 || b === 0) return 0
  return a === 1 ? b : b === 1 ? a : null
}

export const productOf = (dims: Shape): Dim => dims.reduce<Dim>(multiplyDims, 1)

/** The quotient of two products of extents; symbols that stand in both cancel. null where it is not known or not whole. */
export function divideProducts(dividend: Shape, divisor: Shape): Dim {
  if (dividend.includes(null) || divisor.includes(null)) return null
  const remaining = dividend.filter((dim) => typeof dim === 'string')
  for (const dim of divisor) {
    if (isNumber(dim)) continue
    const at = remaining.indexOf(dim as string)
    if (at < 0) return null
    remaining.splice(at, 1)
  }
  const numbers = (dims: Shape): number => dims.filter(isNumber).reduce((product, dim) => product * dim, 1)
  const quotient = numbers(dividend) / numbers(divisor)
  if (!Number.isInteger(quotient)) return null
  return remaining.length === 0 ? quotient : remaining.length === 1 ? multiplyDims(quotient, remaining[0] ?? null) : null
}
