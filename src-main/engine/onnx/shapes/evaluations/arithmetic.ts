/** Elementwise arithmetic and logic with broadcasting. Identities keep symbolic extents: n + 0, n x 1, n / 1. */
import { intOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import type { Content } from '../content.ts'
import { contentLimit } from '../content.ts'
import { broadcastStrides, coordinatesOf, defineEvaluation, offsetOf } from '../define-evaluation.ts'
import { addDims, isNumber, multiplyDims, staticDims } from '../dims.ts'

type Combine = (a: Dim, b: Dim, whole: boolean, c: boolean) => Dim

const onNumbers = (compute: (a: number, b: number, whole: boolean) => number): Combine => (a, b, whole) => (isNumber(a) && isNumber(b) ? compute(a, b, whole) : null)

/** Extents are not negative: a symbolic one differs from -1 and is at least 0. */
const neverNegative = (compute: (a: number, b: number) => boolean): Combine => (a, b) => {
  if (isNumber(a) && isNumber(b)) return Number(compute(a, b))
  if (typeof a === 'string' && isNumber(b) && b < 0) return Number(compute(0, b))
  if (typeof b === 'string' && isNumber(a) && a < 0) return Number(compute(a, 0))
  return null
}

const combinations: Readonly<Record<string, Combine>> = {
  Add: addDims,
  Sum: addDims,
  Sub: (a, b) => (isNumber(a) && isNumber(b) ? a - b : b === 0 ? a : a !== null && a === b ? 0 : null),
  Mul: multiplyDims,
  // Integers divide towards zero, as in C.
  Div: (a, b, whole) => (isNumber(a) && isNumber(b) ? (whole ? (b === 0 ? null : Math.trunc(a / b)) : a / b) : b === 1 ? a : null),
  Pow: onNumbers((a, b) => a ** b),
  // Integers: the sign of the divisor (Python); with fmod the sign of the dividend (C).
  Mod: (a, b, whole, fmod) => (isNumber(a) && isNumber(b) && b !== 0 ? (whole && !fmod ? ((a % b) + b) % b : a % b) : null),
  Max: (a, b) => (a === b ? a : isNumber(a) && isNumber(b) ? Math.max(a, b) : null),
  Min: (a, b) => (a === b ? a : isNumber(a) && isNumber(b) ? Math.min(a, b) : null),
  And: onNumbers((a, b) => Number(a !== 0 && b !== 0)),
  Or: onNumbers((a, b) => Number(a !== 0 || b !== 0)),
  Xor: onNumbers((a, b) => Number((a !== 0) !== (b !== 0))),
  Equal: neverNegative((a, b) => a === b),
  Greater: neverNegative((a, b) => a > b),
  GreaterOrEqual: neverNegative((a, b) => a >= b),
  Less: neverNegative((a, b) => a < b),
  LessOrEqual: neverNegative((a, b) => a <= b),
}

export default defineEvaluation({
  ops: Object.keys(combinations),
  evaluate: ({ node, contents, outputs: [output] }) => {
    const dims = staticDims(output?.shape)
    const combine = combinations[node.opType]
    if (!dims || !combine || dims.reduce((product, dim) => product * dim, 1) > contentLimit) return [undefined]
    if (!contents.every((content): content is Content => content !== undefined)) return [undefined]
    const whole = !(contents[0]?.dataType ?? '').includes('float')
    const fmod = intOf(node, 'fmod', 0) === 1
    const strides = contents.map((content) => broadcastStrides(content.dims, dims.length))
    const values = Array.from(coordinatesOf(dims), (at) =>
      contents.map((content, index): Dim => content.values[offsetOf(at, strides[index] ?? [])] ?? null).reduce((a, b) => combine(a, b, whole, fmod)),
    )
    return [{ dims, values }]
  },
})
