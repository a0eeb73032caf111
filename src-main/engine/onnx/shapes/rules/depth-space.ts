/** DepthToSpace and SpaceToDepth with blocks of b by b. */
import { intOf } from '../../attributes.ts'
import type { Dim } from '../../model.ts'
import { mismatch, shapeAt, typeAt, unknownShape } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import { isNumber, multiplyDims, showShape } from '../dims.ts'

export default defineShape({
  ops: ['DepthToSpace', 'SpaceToDepth'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType, shape: unknownShape(4) }]
    const block = intOf(context.node, 'blocksize', 1)
    const divide = (dim: Dim | undefined, by: number): Dim => {
      if (!isNumber(dim)) return null
      if (dim % by !== 0) mismatch(context, `its input ${showShape(x)} does not divide into blocks of ${block}.`)
      return dim / by
    }
    const [batch = null, channels = null, height = null, width = null] = x
    return context.node.opType === 'DepthToSpace'
      ? [{ dataType, shape: [batch, divide(channels, block * block), multiplyDims(height, block), multiplyDims(width, block)] }]
      : [{ dataType, shape: [batch, multiplyDims(channels, block * block), divide(height, block), divide(width, block)] }]
  },
})
