/** What the gradients of the Reduce family share: which axes were reduced, and putting them back. */
import { intOf } from '../onnx/attributes.ts'
import { numbersOf } from '../onnx/tensor-data.ts'
import type { GradientContext } from './define-gradient.ts'
import { resolveAxis } from './dims.ts'
import type { Value } from './emit.ts'

/** The axes reduced (input 1): all of them where none are given, unless `noop_with_empty_axes`. */
export function reducedAxes(c: GradientContext): number[] {
  const { dims } = c.input(0)
  const tensor = c.optionalConstantInput(1)
  const given = tensor ? numbersOf(tensor).map((axis) => resolveAxis(axis, dims.length)) : []
  if (given.length > 0) return given
  return intOf(c.node, 'noop_with_empty_axes', 0) === 1 ? [] : dims.map((_, axis) => axis)
}

/** A value of the result's shape with the reduced axes as length 1, so that it broadcasts against the input. */
export function keepAxes(c: GradientContext, value: Value): Value {
  const axes = reducedAxes(c)
  return c.emit.reshape(value, c.input(0).dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim)))
}

/** dy, with the reduced axes kept. */
export const keptGradient = (c: GradientContext): Value => keepAxes(c, c.dy())
