import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/** A permutation of elements whose inverse is DepthToSpace in mode DCR. Operator sets 1 to 13. */
export default defineGradient({
  op: 'SpaceToDepth',
  gradient: [(c) => c.emit.depthToSpace(c.dy(), intOf(c.node, 'blocksize', 1))],
  samples: [
    { name: 'blocks of 2', attributes: { blocksize: int(2) }, inputs: [{ dims: [2, 3, 4, 6] }] },
    { name: 'blocks of 3', attributes: { blocksize: int(3) }, inputs: [{ dims: [1, 2, 3, 6] }] },
  ],
})
