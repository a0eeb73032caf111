import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** dx = the parts' gradients, joined; a part that nothing reads gives zeros. Operator sets 2 to 18. */
export default defineGradient({
  op: 'Split',
  gradient: [(c) => c.emit.concat(c.node.outputs.map((_, index) => c.dy(index)), intOf(c.node, 'axis', 0))],
  samples: [
    { name: 'given lengths', outputs: 3, attributes: { axis: int(1) }, inputs: [{ dims: [2, 6, 3] }, { constant: [1, 3, 2], dims: [3], dataType: 'int64' }] },
    { name: 'equal parts', outputs: 2, attributes: { axis: int(-1), num_outputs: int(2) }, inputs: [{ dims: [2, 6] }] },
    { name: 'a shorter last part', outputs: 3, attributes: { num_outputs: int(3) }, inputs: [{ dims: [7, 2] }] },
  ],
})
