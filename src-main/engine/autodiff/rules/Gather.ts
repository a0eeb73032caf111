import { int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import { knownNumbers } from '../emit.ts'
import { runsOf, sumByIndex } from '../lowering/sum-by-index.ts'

/** More runs than this are one ScatterND rather than a group of slices each. */
const maximumRuns = 4

/** y = x[..., indices, ...]; dx = dy summed at the indices (repeated ones add up). Operator sets 1 to 13. */
export default defineGradient({
  op: 'Gather',
  gradient: [
    (c) => {
      const { emit } = c
      const [x, indices, dy] = [c.input(0), c.input(1), c.dy()]
      const axis = resolveAxis(intOf(c.node, 'axis', 0), x.dims.length)
      const extent = x.dims[axis] ?? 0
      const [before, after] = [x.dims.slice(0, axis), x.dims.slice(axis + 1)]
      const count = indices.dims.reduce((product, dim) => product * dim, 1)
      const laid = emit.reshape(dy, [...before, count, ...after])
      const known = knownNumbers(indices)?.map((index) => (index < 0 ? index + extent : index))
      if (known && runsOf(known).length <= maximumRuns) return sumByIndex(emit, laid, axis, known, extent)
      // A permutation (channel shuffle) is undone by gathering with its inverse.
      if (known?.length === extent && new Set(known).size === extent) return emit.gather(laid, emit.integers(known.map((_, at) => known.indexOf(at))), axis)
      // ScatterND adds rows of the first axis: bring the gathered axis there and back.
      const front = [axis, ...before.map((_, at) => at), ...after.map((_, at) => axis + 1 + at)]
      const rows = emit.transpose(laid, front)
      const list = known ? emit.integers(known) : emit.cast(indices, 'int64')
      const summed = emit.scatterND(emit.fill([extent, ...before, ...after], 0, dy.dataType), emit.reshape(list, [count, 1]), rows, 'add')
      return emit.transpose(summed, front.map((_, at) => front.indexOf(at)))
    },
  ],
  samples: [
    { name: 'class token', attributes: { axis: int(1) }, inputs: [{ dims: [2, 5, 3] }, { constant: [0], dims: [], dataType: 'int64' }] },
    { name: 'negative axis and index', attributes: { axis: int(-1) }, inputs: [{ dims: [2, 3, 4] }, { constant: [-2], dims: [1], dataType: 'int64' }] },
    { name: 'channel order reversed', attributes: { axis: int(1) }, inputs: [{ dims: [2, 3, 4, 4] }, { constant: [2, 1, 0], dims: [3], dataType: 'int64' }] },
    { name: 'channel shuffle', attributes: { axis: int(1) }, inputs: [{ dims: [2, 6, 2, 2] }, { constant: [0, 2, 4, 1, 3, -1], dims: [6], dataType: 'int64' }] },
    { name: 'one element repeated', attributes: { axis: int(1) }, inputs: [{ dims: [2, 3, 4] }, { constant: [1, 1, 1], dims: [3], dataType: 'int32' }] },
    { name: 'scattered rows that repeat (embedding)', inputs: [{ dims: [6, 3] }, { constant: [4, 0, 2, 4, 1, 4], dims: [2, 3], dataType: 'int64' }] },
    { name: 'scattered on a middle axis', attributes: { axis: int(2) }, inputs: [{ dims: [2, 3, 6, 4] }, { constant: [5, 0, 3, 3, 1, -1], dims: [3, 2], dataType: 'int32' }] },
  ],
})
