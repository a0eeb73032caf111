/** Where: where the condition is not known, equal branches still tell. */
import type { Content } from '../content.ts'
import { contentLimit } from '../content.ts'
import { broadcastStrides, coordinatesOf, defineEvaluation, offsetOf } from '../define-evaluation.ts'
import { staticDims } from '../dims.ts'

export default defineEvaluation({
  ops: ['Where'],
  evaluate: ({ contents, outputs: [output] }) => {
    const dims = staticDims(output?.shape)
    const [condition, yes, no] = contents
    if (!dims || !condition || !yes || !no || dims.reduce((product, dim) => product * dim, 1) > contentLimit) return [undefined]
    const reader = (content: Content): ((at: readonly number[]) => Content['values'][number]) => {
      const strides = broadcastStrides(content.dims, dims.length)
      return (at) => content.values[offsetOf(at, strides)] ?? null
    }
    const [test, then, otherwise] = [reader(condition), reader(yes), reader(no)]
    const values = Array.from(coordinatesOf(dims), (at) => {
      const holds = test(at)
      if (typeof holds === 'number') return holds !== 0 ? then(at) : otherwise(at)
      return then(at) === otherwise(at) ? then(at) : null
    })
    return [{ dims, values }]
  },
})
