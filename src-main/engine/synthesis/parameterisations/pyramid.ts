import type { Emit, Value } from '../../autodiff/emit.ts'
import { elementCount, float32Tensor } from '../../onnx/tensor-data.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { toDisplay } from '../color.ts'
import { defineParameterisation, planesOf } from '../define-parameterisation.ts'
import type { PictureShape } from '../define-parameterisation.ts'

const deviation = 0.01
/** Of the coarsest level, pixels. */
const leastSide = 4

/** Extents of the levels, finest first, each half of the one before. */
function levelsOf({ height, width }: PictureShape): readonly { readonly height: number; readonly width: number }[] {
  const levels = [{ height, width }]
  for (let last = levels[0]!; Math.min(last.height, last.width) >= 2 * leastSide; last = levels.at(-1)!) levels.push({ height: Math.ceil(last.height / 2), width: Math.ceil(last.width / 2) })
  return levels
}

/** Weights of bilinear interpolation between pixel centers, [to, from]. */
function stretch(from: number, to: number): Float32Array {
  const weights = new Float32Array(to * from)
  for (let at = 0; at < to; at++) {
    const place = Math.min(from - 1, Math.max(0, ((at + 0.5) * from) / to - 0.5))
    const low = Math.floor(place)
    weights[at * from + low]! += low === place ? 1 : 1 - (place - low)
    if (low !== place) weights[at * from + low + 1]! += place - low
  }
  return weights
}

/** Enlarges as rows V x H^T: products, whose gradients are products with the transposes. */
function enlarged(emit: Emit, level: Value, height: number, width: number): Value {
  const [, , rows = 1, columns = 1] = level.dims
  if (rows === height && columns === width) return level
  const vertical = emit.constant(float32Tensor([height, rows], stretch(rows, height)))
  const horizontal = emit.transpose(emit.constant(float32Tensor([width, columns], stretch(columns, width))), [1, 0])
  return emit.matMul(emit.matMul(vertical, level), horizontal)
}

/** A sum of pictures of halving resolution: every step moves large areas as well as single pixels (Lucid's lowres; Burt and Adelson 1983). */
export default defineParameterisation({
  id: 'pyramid', title: 'Resolutions', summary: 'A sum of coarse and fine pictures',
  initial(shape, random) {
    return Object.fromEntries(levelsOf(shape).map(({ height, width }, level) => {
      const dims = [shape.batch, planesOf(shape), height, width]
      return [`level${level}`, floatTensor(dims, Float32Array.from({ length: elementCount(dims) }, () => random.normal(0, deviation)))]
    }))
  },
  build(emit, parameters, shape) {
    const levels = levelsOf(shape).map((_, level) => enlarged(emit, parameters[`level${level}`]!, shape.height, shape.width))
    return toDisplay(emit, levels.reduce((sum, level) => emit.add(sum, level)), shape)
  },
})
