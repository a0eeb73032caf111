/** Conversion: the caller rounds to the new type; only truth needs saying. */
import { defineEvaluation } from '../define-evaluation.ts'
import { isNumber } from '../dims.ts'

export default defineEvaluation({
  ops: ['Cast', 'CastLike'],
  evaluate: ({ contents: [content], outputs: [output] }) => [
    content && { dims: content.dims, values: output?.dataType === 'bool' ? content.values.map((value) => (isNumber(value) ? Number(value !== 0) : null)) : content.values },
  ],
})
