import { int } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import { knownNumbers } from '../emit.ts'
import { sumByIndex } from '../lowering/sum-by-index.ts'
import { elementCount } from '../../onnx/tensor-data.ts'

/** Keeps the slices whose condition holds, which must be known when the graph is built. Operator sets 9 to 11. */
export default defineGradient({
  op: 'Compress',
  refuse: ({ inputs }) => (inputs[1] && knownNumbers(inputs[1]) ? undefined : 'which elements it keeps is decided while the model runs. Choose a target or layers on one side of it'),
  gradient: [
    (c) => {
      const { dims } = c.input(0)
      const given = c.node.attributes.get('axis')
      const kept = c.numbersInput(1).flatMap((holds, index) => (holds ? [index] : []))
      if (given?.kind === 'int') {
        const axis = resolveAxis(given.value, dims.length)
        return sumByIndex(c.emit, c.dy(), axis, kept, dims[axis] ?? 0)
      }
      return c.emit.reshape(sumByIndex(c.emit, c.dy(), 0, kept, elementCount(dims)), dims)
    },
  ],
  samples: [
    { name: 'an axis', attributes: { axis: int(1) }, inputs: [{ dims: [2, 5] }, { constant: [0, 1, 1, 0, 1], dims: [5], dataType: 'bool' }] },
    { name: 'a condition shorter than the axis', attributes: { axis: int(-2) }, inputs: [{ dims: [4, 2] }, { constant: [1, 0, 1], dims: [3], dataType: 'bool' }] },
    { name: 'flattened', inputs: [{ dims: [2, 3] }, { constant: [1, 0, 0, 0, 1], dims: [5], dataType: 'bool' }] },
  ],
})
