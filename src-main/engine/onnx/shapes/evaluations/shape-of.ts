/** Shape, Size, and tensors filled with one value. */
import { intOf, tensorAttributeOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import { elementCount, numbersOf } from '../../tensor-data.ts'
import { contentLimit } from '../content.ts'
import { defineEvaluation } from '../define-evaluation.ts'
import type { EvaluationContext, Elements } from '../define-evaluation.ts'
import { productOf, staticDims } from '../dims.ts'

function evaluate({ node, inputs: [input], outputs: [output] }: EvaluationContext): Elements | undefined {
  const shape = input?.shape
  if (node.opType === 'ConstantOfShape') {
    const dims = staticDims(output?.shape)
    if (!dims || elementCount(dims) > contentLimit) return undefined
    const value = tensorAttributeOf(node, 'value')
    return { dims, values: Array<Dim>(elementCount(dims)).fill(value ? (numbersOf(value)[0] ?? 0) : 0) }
  }
  if (!shape) return undefined
  if (node.opType === 'Size') return { dims: [], values: [productOf(shape)] }
  const values = shape.slice(intOf(node, 'start', 0), intOf(node, 'end', shape.length))
  return { dims: [values.length], values }
}

export default defineEvaluation({ ops: ['ConstantOfShape', 'Shape', 'Size'], evaluate: (context) => [evaluate(context)] })
