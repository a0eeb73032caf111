/** Operators that keep the elements in their order. */
import { staticDims } from '../dims.ts'
import { defineEvaluation } from '../define-evaluation.ts'

export default defineEvaluation({
  ops: ['Flatten', 'Identity', 'Reshape', 'Squeeze', 'Unsqueeze'],
  evaluate: ({ contents: [content], outputs: [output] }) => {
    const dims = staticDims(output?.shape)
    return [content && dims && { dims, values: content.values }]
  },
})
