import type { DataType } from '../onnx/model.ts'
import type { GradientContext } from './define-gradient.ts'
import type { Value } from './emit.ts'

const floating: ReadonlySet<DataType> = new Set(['float32', 'float64', 'float16', 'bfloat16'])

/** The gradient of a conversion of input 0: cast to its type, or none where either type is not a float. */
export function castBack(c: GradientContext, index: number): Value | undefined {
  const [from, dy] = [c.input(0).dataType, c.dy()]
  return index === 0 && floating.has(from) && floating.has(dy.dataType) ? c.emit.cast(dy, from) : undefined
}
