import { string, stringOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import { paddedIndices } from '../lowering/padded-indices.ts'
import { sumByIndex } from '../lowering/sum-by-index.ts'
import type { Value } from '../emit.ts'

/**
 * constant: dx = dy cropped (negative pads: padded with zeros), and the padding value receives the rest of dy. reflect, edge,
 * wrap: every axis copies elements by a fixed index list, whose transpose sums the copies. Operator sets 2 to 23.
 */
export default defineGradient({
  op: 'Pad',
  gradient: [
    gradientOfInput,
    undefined,
    (c) => c.emit.sub(c.emit.reduceSum(c.dy()), c.emit.reduceSum(gradientOfInput(c))),
  ],
  samples: [
    pad('constant, all axes', [2, 3, 4], [0, 1, 2, 1, 0, 3]),
    { name: 'constant, a value that varies', inputs: [{ dims: [2, 3] }, { constant: [1, 0, 2, 1], dims: [4], dataType: 'int64' }, { dims: [] }] },
    { name: 'constant, listed axes', inputs: [{ dims: [2, 3, 4] }, { constant: [1, 2, 3, 0], dims: [4], dataType: 'int64' }, null, { constant: [-1, 1], dims: [2], dataType: 'int64' }] },
    pad('constant, negative pads crop', [5, 6], [-1, 2, -2, -3]),
    pad('reflect', [1, 2, 5, 6], [0, 0, 2, 3, 0, 0, 4, 1], 'reflect'),
    pad('reflect, one side cropped', [6, 5], [-2, 0, 3, 2], 'reflect'),
    pad('edge', [1, 2, 3, 4], [0, 0, 2, 1, 0, 0, 1, 3], 'edge'),
    pad('edge, one side cropped', [5, 4], [-2, 2, 3, -1], 'edge'),
    pad('wrap', [1, 2, 3, 4], [0, 0, 2, 1, 0, 0, 3, 3], 'wrap', 19),
    { name: 'reflect, listed axes', attributes: { mode: string('reflect') }, inputs: [{ dims: [2, 3, 4] }, { constant: [1, 3], dims: [2], dataType: 'int64' }, null, { constant: [-1], dims: [1], dataType: 'int64' }] },
  ],
})

function gradientOfInput(c: GradientContext): Value {
  const { dims } = c.input(0)
  const given = c.numbersInput(1)
  const axes = c.inputs[3] ? c.numbersInput(3).map((axis) => resolveAxis(axis, dims.length)) : dims.map((_, axis) => axis)
  const padsOf = (axis: number): [number, number] => {
    const at = axes.indexOf(axis)
    return at < 0 ? [0, 0] : [given[at] ?? 0, given[at + axes.length] ?? 0]
  }
  const mode = stringOf(c.node, 'mode', 'constant')
  if (mode === 'constant') return c.emit.pad(c.dy(), [0, 1].flatMap((side) => dims.map((_, axis) => -(padsOf(axis)[side] ?? 0))))
  return dims.reduce((dy, dim, axis) => {
    const [begin, end] = padsOf(axis)
    return begin === 0 && end === 0 ? dy : sumByIndex(c.emit, dy, axis, paddedIndices(mode, dim, begin, end), dim)
  }, c.dy())
}

function pad(name: string, dims: readonly number[], pads: number[], mode = 'constant', opset?: number) {
  return { name, opset, attributes: { mode: string(mode) }, inputs: [{ dims }, { constant: pads, dims: [pads.length], dataType: 'int64' as const }] }
}
