import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'

/** Each operand receives its own part of dy. Operator sets 4 to 13. */
export default defineGradient({
  op: 'Concat',
  gradient: (c, index) => {
    const axis = resolveAxis(intOf(c.node, 'axis', 0), c.input(index).dims.length)
    const lengthOf = (at: number): number => c.input(at).dims[axis] ?? 0
    const begin = c.node.inputs.slice(0, index).reduce((sum, _, at) => sum + lengthOf(at), 0)
    return c.node.inputs.length === 1 ? c.dy() : c.emit.slice(c.dy(), [begin], [begin + lengthOf(index)], [axis])
  },
  samples: [
    { name: 'channels', attributes: { axis: int(1) }, inputs: [{ dims: [2, 3, 4, 4] }, { dims: [2, 1, 4, 4] }, { dims: [2, 2, 4, 4] }] },
    { name: 'negative axis', attributes: { axis: int(-1) }, inputs: [{ dims: [2, 3] }, { dims: [2, 5] }] },
    { name: 'one operand', attributes: { axis: int(0) }, inputs: [{ dims: [2, 3] }] },
    { name: 'beside a constant', attributes: { axis: int(0) }, inputs: [{ constant: [1, 2], dims: [1, 2], dataType: 'float32' }, { dims: [3, 2] }] },
  ],
})
