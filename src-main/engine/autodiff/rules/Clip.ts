import { defineGradient } from '../define-gradient.ts'
import { maskAbove, maskBelow } from '../lowering/mask.ts'

/**
 * y = min(max(x, low), high), either bound omitted. dx = dy where low < y < high: 0 at the bounds, as for Relu and PyTorch's
 * hardtanh and relu6. Read from y, so that Conv and Clip may fuse. A bound receives what it clips. Operator sets 6 to 13.
 */
export default defineGradient({
  op: 'Clip',
  gradient: [
    (c) => {
      const { emit } = c
      const [y, [, low, high]] = [c.output(0), c.inputs]
      const aboveLow = low ? emit.mul(c.dy(), maskAbove(emit, y, low)) : c.dy()
      return high ? emit.mul(aboveLow, maskBelow(emit, y, high)) : aboveLow
    },
    (c) => {
      const clipped = c.emit.gate(c.dy(), c.emit.less(c.input(0), c.input(1)))
      // Where the bounds cross, everything becomes the upper one.
      return c.inputs[2] ? c.emit.gate(clipped, c.emit.lessOrEqual(c.input(1), c.input(2))) : clipped
    },
    (c) => c.emit.gate(c.dy(), c.emit.greater(c.inputs[1] ? c.emit.max(c.input(0), c.input(1)) : c.input(0), c.input(2))),
  ],
  samples: [
    { name: 'relu6', inputs: [{ dims: [2, 3, 8], range: [-3, 9], awayFrom: [0, 6] }, { constant: [0], dims: [], dataType: 'float32' }, { constant: [6], dims: [], dataType: 'float32' }] },
    { name: 'no bounds', inputs: [{ dims: [2, 3] }] },
    { name: 'lower bound alone', inputs: [{ dims: [2, 8], awayFrom: [-0.2] }, { constant: [-0.2], dims: [], dataType: 'float32' }] },
    { name: 'upper bound alone', inputs: [{ dims: [2, 8], awayFrom: [0.3] }, null, { constant: [0.3], dims: [], dataType: 'float32' }] },
    { name: 'bounds that vary', inputs: [{ dims: [4, 4], range: [-2, 2], awayFrom: [-0.6, -0.5, 0.5, 0.6] }, { dims: [], range: [-0.6, -0.5] }, { dims: [], range: [0.5, 0.6] }] },
    { name: 'bounds that cross', inputs: [{ dims: [4, 4] }, { dims: [], range: [0.5, 0.6] }, { dims: [], range: [-0.6, -0.5] }] },
  ],
})
