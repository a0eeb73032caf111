import { int, intOf, string, stringOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'

/**
 * A permutation of elements; dx is the inverse one. DCR splits channels as [b, b, C], CRD (pixel shuffle, Shi et al. 2016,
 * arXiv:1609.05158) as [C, b, b]. Written as a transposition: SpaceToDepth runs on the CPU under WebGPU. Operator sets 1 to 13.
 */
export default defineGradient({
  op: 'DepthToSpace',
  gradient: [
    (c) => {
      const [n = 1, channels = 1, height = 1, width = 1] = c.input(0).dims
      const b = intOf(c.node, 'blocksize', 1)
      const blocks = c.emit.reshape(c.dy(), [n, channels / (b * b), height, b, width, b])
      const perm = stringOf(c.node, 'mode', 'DCR') === 'CRD' ? [0, 1, 3, 5, 2, 4] : [0, 3, 5, 1, 2, 4]
      return c.emit.reshape(c.emit.transpose(blocks, perm), [n, channels, height, width])
    },
  ],
  samples: [
    { name: 'default mode', attributes: { blocksize: int(2) }, inputs: [{ dims: [2, 8, 2, 3] }] },
    { name: 'DCR', attributes: { blocksize: int(3), mode: string('DCR') }, inputs: [{ dims: [1, 18, 2, 2] }] },
    { name: 'CRD', attributes: { blocksize: int(2), mode: string('CRD') }, inputs: [{ dims: [2, 12, 3, 2] }] },
  ],
})
