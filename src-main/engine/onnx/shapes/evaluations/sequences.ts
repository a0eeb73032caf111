/** Range, CumSum of vectors, and NonZero, with which exporters write arange. */
import { intOf } from '../../attributes.ts'
import { contentLimit } from '../content.ts'
import type { Content } from '../content.ts'
import { coordinatesOf, defineEvaluation } from '../define-evaluation.ts'
import type { Elements, EvaluationContext } from '../define-evaluation.ts'
import { isNumber, staticDims } from '../dims.ts'

const numbers = (content: Content | undefined): readonly number[] | undefined => (content?.values.every(isNumber) ? content.values : undefined)

function evaluate({ node, contents, outputs: [output] }: EvaluationContext): Elements | undefined {
  const first = numbers(contents[0])
  if (!first || !contents[0]) return undefined
  if (node.opType === 'NonZero') {
    const found = Array.from(coordinatesOf(contents[0].dims), (at, index) => (first[index] === 0 ? [] : [[...at]])).flat()
    const rank = contents[0].dims.length
    return { dims: [rank, found.length], values: Array.from({ length: rank }, (_, axis) => found.map((at) => at[axis] ?? 0)).flat() }
  }
  if (node.opType === 'CumSum') {
    if (contents[0].dims.length !== 1 || intOf(node, 'exclusive', 0) === 1 || intOf(node, 'reverse', 0) === 1) return undefined
    let sum = 0
    return { dims: contents[0].dims, values: first.map((value) => (sum += value)) }
  }
  const length = staticDims(output?.shape)?.[0]
  const step = numbers(contents[2])?.[0]
  if (length === undefined || step === undefined || length > contentLimit) return undefined
  return { dims: [length], values: Array.from({ length }, (_, index) => (first[0] ?? 0) + index * step) }
}

export default defineEvaluation({ ops: ['CumSum', 'NonZero', 'Range'], evaluate: (context) => [evaluate(context)] })
