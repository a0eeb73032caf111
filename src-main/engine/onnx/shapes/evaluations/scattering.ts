/** ScatterND and ScatterElements without a reduction, as exporters write assignments to slices of shapes. */
import { intOf, stringOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import { coordinatesOf, defineEvaluation, offsetOf, stridesOf } from '../define-evaluation.ts'
import type { Elements, EvaluationContext } from '../define-evaluation.ts'
import { isNumber } from '../dims.ts'

function evaluate({ node, contents: [data, indices, updates] }: EvaluationContext): Elements | undefined {
  if (!data || !updates || !indices?.values.every(isNumber) || stringOf(node, 'reduction', 'none') !== 'none') return undefined
  const strides = stridesOf(data.dims)
  const wrap = (index: Dim | undefined, axis: number): number => (Number(index) < 0 ? Number(index) + (data.dims[axis] ?? 0) : Number(index))
  const values: Dim[] = [...data.values]
  if (node.opType === 'ScatterElements') {
    const axis = (intOf(node, 'axis', 0) + data.dims.length) % data.dims.length
    let read = 0
    for (const at of coordinatesOf(indices.dims)) {
      values[offsetOf(at, strides) + (wrap(indices.values[read], axis) - (at[axis] ?? 0)) * (strides[axis] ?? 1)] = updates.values[read] ?? null
      read++
    }
    return { dims: data.dims, values }
  }
  const depth = indices.dims.at(-1) ?? 1
  const width = strides[depth - 1] ?? 1
  for (let row = 0; row * depth < indices.values.length; row++) {
    const at = indices.values.slice(row * depth, (row + 1) * depth).map(wrap)
    const into = offsetOf(at, strides.slice(0, depth))
    for (let column = 0; column < width; column++) values[into + column] = updates.values[row * width + column] ?? null
  }
  return { dims: data.dims, values }
}

export default defineEvaluation({ ops: ['ScatterElements', 'ScatterND'], evaluate: (context) => [evaluate(context)] })
