import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** Keeps one triangle of the last two axes; so does the gradient. Operator set 14. */
export default defineGradient({
  op: 'Trilu',
  gradient: [(c) => c.emit.trilu(c.dy(), intOf(c.node, 'upper', 1) === 1, c.inputs[1])],
  samples: [
    { name: 'upper', inputs: [{ dims: [2, 3, 4] }] },
    { name: 'lower', attributes: { upper: int(0) }, inputs: [{ dims: [4, 3] }] },
    { name: 'upper above the diagonal', inputs: [{ dims: [4, 4] }, { constant: [1], dims: [], dataType: 'int64' }] },
    { name: 'lower below the diagonal', attributes: { upper: int(0) }, inputs: [{ dims: [4, 4] }, { constant: [-1], dims: [], dataType: 'int64' }] },
  ],
})
