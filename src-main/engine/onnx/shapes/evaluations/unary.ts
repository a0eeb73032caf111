/** Elementwise functions of one input. Rounding of symbolic extents, which are whole, changes nothing. */
import { floatOf } from '../../attributes.ts'
import { defineEvaluation } from '../define-evaluation.ts'
import { isNumber } from '../dims.ts'

/** Round-half-to-even, as ONNX Round. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1
}

const functions: Readonly<Record<string, (value: number) => number>> = {
  Abs: Math.abs, Ceil: Math.ceil, Exp: Math.exp, Floor: Math.floor, Log: Math.log, Neg: (value) => -value, Not: (value) => Number(value === 0),
  Reciprocal: (value) => 1 / value, Relu: (value) => Math.max(0, value), Round: roundHalfEven, Sign: Math.sign, Sqrt: Math.sqrt,
}
const keepWhole: ReadonlySet<string> = new Set(['Abs', 'Ceil', 'Floor', 'Relu', 'Round', 'Clip'])

export default defineEvaluation({
  ops: [...Object.keys(functions), 'Clip'],
  evaluate: ({ node, contents: [x, low, high] }) => {
    if (!x) return [undefined]
    const bounds = [low?.values[0] ?? floatOf(node, 'min', -Infinity), high?.values[0] ?? floatOf(node, 'max', Infinity)]
    const compute = node.opType === 'Clip' ? (value: number) => Math.min(Number(bounds[1]), Math.max(Number(bounds[0]), value)) : functions[node.opType]
    const known = node.opType !== 'Clip' || bounds.every(isNumber)
    if (!compute || !known) return [undefined]
    const keep = keepWhole.has(node.opType) && node.opType !== 'Clip'
    return [{ dims: x.dims, values: x.values.map((value) => (isNumber(value) ? compute(value) : keep ? value : null)) }]
  },
})
