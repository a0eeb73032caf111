/** Col2Im: [N, C prod(block), L] to [N, C, ...image]. */
import { elementsAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { divideProducts } from '../dims.ts'

export default defineShape({
  ops: ['Col2Im'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const image = elementsAt(context, 1)
    const block = elementsAt(context, 2)
    if (!image) return [{ dataType: typeAt(context, 0) }]
    return [{ dataType: typeAt(context, 0), shape: [x?.[0] ?? null, block ? divideProducts([x?.[1] ?? null], block) : null, ...image] }]
  },
})
