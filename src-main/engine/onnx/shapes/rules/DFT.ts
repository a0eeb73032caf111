/** Discrete Fourier transform of [..., 1 or 2]; one-sided results hold floor(n / 2) + 1 frequencies. Axis: attribute (17), third input (20). */
import { intOf } from '../../attributes.ts'
import { axisIn, elementsAt, hasInput, numbersAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber } from '../dims.ts'

export default defineShape({
  ops: ['DFT'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    const axis = context.opset < 20 ? intOf(context.node, 'axis', 1) : hasInput(context, 2) ? numbersAt(context, 2)?.[0] : -2
    if (!x || axis === undefined) return [{ dataType, shape: x && [...x.slice(0, -1).map(() => null), 2] }]
    const at = axisIn(context, axis, x.length)
    const length = hasInput(context, 1) ? (elementsAt(context, 1)?.[0] ?? null) : (x[at] ?? null)
    const oneSided = intOf(context.node, 'onesided', 0) === 1
    const inverse = intOf(context.node, 'inverse', 0) === 1
    const frequencies = oneSided && !inverse ? (isNumber(length) ? Math.floor(length / 2) + 1 : null) : length
    return [{ dataType, shape: [...x.slice(0, -1).map((dim, index) => (index === at ? frequencies : dim)), oneSided && inverse ? 1 : 2] }]
  },
})
