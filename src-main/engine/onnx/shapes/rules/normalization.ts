/** BatchNormalization: statistics of length C follow the first output in training mode and in operator sets before 14. */
import { likeInput, shapeAt, sharedDim, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['BatchNormalization'],
  infer: (context) => {
    const x = likeInput(context)
    const channels = [1, 2, 3, 4].reduce((shared, index) => sharedDim(context, 'channels of the input, scale, bias, mean and variance', shared, shapeAt(context, index)?.[0]), x?.shape?.[1] ?? null)
    const shape = x?.shape && x.shape.length > 1 ? x.shape.map((dim, axis) => (axis === 1 ? channels : dim)) : x?.shape
    return context.node.outputs.map((_, index) => (index === 0 ? x && { ...x, shape } : { dataType: typeAt(context, 3), shape: [channels] }))
  },
})
