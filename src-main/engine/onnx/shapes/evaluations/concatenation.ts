/** Concat and Split. An input of which nothing is known leaves unknown elements, not nothing: the others still tell. */
import { intOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import type { Content } from '../content.ts'
import { contentLimit, unknownContent } from '../content.ts'
import { defineEvaluation, offsetOf, pick, stridesOf } from '../define-evaluation.ts'
import type { Elements, EvaluationContext } from '../define-evaluation.ts'
import { staticDims } from '../dims.ts'

function concatenate({ node, contents, inputs, outputs }: EvaluationContext): Elements | undefined {
  const dims = staticDims(outputs[0]?.shape)
  if (!dims || !contents.some(Boolean) || dims.reduce((product, dim) => product * dim, 1) > contentLimit) return undefined
  const parts = contents.map((content, index) => content ?? unknownContent(inputs[index]))
  if (!parts.every((part): part is Content => part !== undefined)) return undefined
  const axis = (intOf(node, 'axis', 0) + dims.length) % dims.length
  const rows = dims.slice(0, axis).reduce((product, dim) => product * dim, 1)
  const values: Dim[] = []
  for (let row = 0; row < rows; row++)
    for (const part of parts) {
      const width = part.values.length / rows
      values.push(...part.values.slice(row * width, (row + 1) * width))
    }
  return { dims, values }
}

function split({ node, contents: [x], outputs }: EvaluationContext): readonly (Elements | undefined)[] {
  if (!x) return []
  const axis = (intOf(node, 'axis', 0) + x.dims.length) % x.dims.length
  const strides = stridesOf(x.dims)
  let start = 0
  return outputs.map((output) => {
    const dims = staticDims(output?.shape)
    if (!dims) return undefined
    const offset = start * (strides[axis] ?? 1)
    start += dims[axis] ?? 0
    return pick(x, dims, (at) => offset + offsetOf(at, strides))
  })
}

export default defineEvaluation({
  ops: ['Concat', 'Split'],
  evaluate: (context) => (context.node.opType === 'Split' ? split(context) : [concatenate(context)]),
})
