/** Operators that pick elements from their first input: by index, along an axis, or repeated. */
import { intOf, intsOf } from '../../attributes.ts'
import { contentLimit } from '../content.ts'
import type { Content } from '../content.ts'
import { broadcastStrides, defineEvaluation, offsetOf, pick, stridesOf } from '../define-evaluation.ts'
import type { Elements, EvaluationContext } from '../define-evaluation.ts'
import { isNumber, staticDims } from '../dims.ts'
import { slicesOf, takenOf } from '../slicing.ts'

function evaluate(context: EvaluationContext, x: Content, dims: readonly number[]): Elements | undefined {
  const { node } = context
  const strides = stridesOf(x.dims)
  switch (node.opType) {
    case 'Slice': {
      const slices = slicesOf(context, x.dims.length)
      if (slices === 'unknown') return undefined
      const taken = x.dims.map((extent, axis) => takenOf(slices.get(axis) ?? { start: 0, end: extent, step: 1 }, extent))
      return pick(x, dims, (at) => taken.reduce((sum, { first, step }, axis) => sum + (first + step * (at[axis] ?? 0)) * (strides[axis] ?? 1), 0))
    }
    case 'Transpose': {
      const order = intsOf(node, 'perm') ?? [...x.dims.keys()].reverse()
      return pick(x, dims, (at) => order.reduce((sum, axis, index) => sum + (strides[axis] ?? 1) * (at[index] ?? 0), 0))
    }
    case 'Expand': {
      const repeated = broadcastStrides(x.dims, dims.length)
      return pick(x, dims, (at) => offsetOf(at, repeated))
    }
    case 'Tile':
      return pick(x, dims, (at) => strides.reduce((sum, stride, axis) => sum + stride * ((at[axis] ?? 0) % (x.dims[axis] ?? 1)), 0))
    default: {
      const indices = context.contents[1]
      if (!indices?.values.every(isNumber)) return undefined
      const axis = (intOf(node, 'axis', 0) + x.dims.length) % x.dims.length
      const extent = x.dims[axis] ?? 1
      const indexStrides = stridesOf(indices.dims)
      const chosen = (at: readonly number[]): number => {
        const index = indices.values[offsetOf(at, indexStrides)] as number
        return index < 0 ? index + extent : index
      }
      if (node.opType === 'GatherElements') return pick(x, dims, (at) => offsetOf(at, strides) + (chosen(at) - (at[axis] ?? 0)) * (strides[axis] ?? 1))
      const rank = indices.dims.length
      return pick(x, dims, (at) => offsetOf([...at.slice(0, axis), chosen(at.slice(axis, axis + rank)), ...at.slice(axis + rank)], strides))
    }
  }
}

export default defineEvaluation({
  ops: ['Expand', 'Gather', 'GatherElements', 'Slice', 'Tile', 'Transpose'],
  evaluate: (context) => {
    const [x] = context.contents
    const dims = staticDims(context.outputs[0]?.shape)
    if (!x || !dims || dims.reduce((product, dim) => product * dim, 1) > contentLimit) return [undefined]
    return [evaluate(context, x, dims)]
  },
})
