/** max(ceil((limit - start) / delta), 0) elements. */
import { numbersAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['Range'],
  infer: (context) => {
    const [start, limit, delta] = [0, 1, 2].map((index) => numbersAt(context, index)?.[0])
    const known = start !== undefined && limit !== undefined && delta !== undefined && delta !== 0
    return [{ dataType: typeAt(context, 0, typeAt(context, 1)), shape: [known ? Math.max(0, Math.ceil((limit - start) / delta)) : null] }]
  },
})
