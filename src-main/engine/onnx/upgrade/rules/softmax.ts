/**
 * Softmax, LogSoftmax, Hardmax before 13 work on the matrix that flattening at `axis` (default 1) gives; from 13 on along one axis (default -1).
 * The two agree where at most one of the flattened axes is longer than 1.
 */
import { int, intOf } from '#engine/onnx/attributes.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Softmax', 'LogSoftmax', 'Hardmax'],
  since: 13,
  upgrade: (context) => {
    const { node, make, fresh } = context
    const [x = ''] = node.inputs
    const axis = intOf(node, 'axis', 1)
    const shape = context.fact(0)?.shape
    if (shape) {
      const first = axis < 0 ? axis + shape.length : axis
      const long = shape.flatMap((dim, at) => (at >= first && dim !== 1 ? [at] : []))
      if (long.length <= 1) return [{ ...node, attributes: new Map([['axis', int(long[0] ?? shape.length - 1)]]) }]
    }
    const [matrix, result, dims] = [fresh('matrix'), fresh('result'), fresh('shape')]
    return [
      make('Shape', [x], [dims]),
      make('Flatten', [x], [matrix], { axis: int(axis) }),
      make(node.opType, [matrix], [result], { axis: int(-1) }),
      make('Reshape', [result, dims], [node.outputs[0] ?? '']),
    ]
  },
})
