import { elementsAt, mismatch, shapeAt, typeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { multiplyDims, showShape } from '../dims.ts'

export default defineShape({
  ops: ['Tile'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    const repeats = elementsAt(context, 1)
    if (!x || !repeats) return [{ dataType, shape: x && unknownShape(x.length) }]
    if (repeats.length !== x.length) mismatch(context, `repeats were expected to have ${x.length} entries for its input ${showShape(x)}, got ${repeats.length}.`)
    return [{ dataType, shape: x.map((dim, axis) => multiplyDims(dim, repeats[axis] ?? null)) }]
  },
})
