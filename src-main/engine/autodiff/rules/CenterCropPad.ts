import { ints, intsOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'

/** The middle of each listed axis, or zeros around it; dx pads what was cropped and crops what was padded. Operator set 18. */
export default defineGradient({
  op: 'CenterCropPad',
  gradient: [
    (c) => {
      const [{ dims }, dy] = [c.input(0), c.dy()]
      const axes = intsOf(c.node, 'axes')?.map((axis) => resolveAxis(axis, dims.length)) ?? dims.map((_, axis) => axis)
      // The odd element of a crop or pad is at the end: floor((dim - wanted) / 2) begins a crop, and a pad mirrors it.
      const begins = dims.map((dim, axis) => (axes.includes(axis) ? Math.trunc((dim - (dy.dims[axis] ?? dim)) / 2) : 0))
      const ends = dims.map((dim, axis) => dim - (dy.dims[axis] ?? dim) - (begins[axis] ?? 0))
      return c.emit.pad(dy, [...begins, ...ends])
    },
  ],
  samples: [
    { name: 'crop and pad, even and odd', inputs: [{ dims: [7, 6, 3, 4] }, { constant: [4, 4, 6, 6], dims: [4], dataType: 'int64' }] },
    { name: 'listed axes', attributes: { axes: ints([-1, 1]) }, inputs: [{ dims: [2, 3, 4, 8] }, { constant: [5, 4], dims: [2], dataType: 'int64' }] },
  ],
})
