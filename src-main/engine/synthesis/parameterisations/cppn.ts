/**
 * A small net from a pixel's place to its color (Stanley 2007; Mordvintsev et al. 2018, "CPPN"): no resolution of its own, smooth shapes. As in Lucid's
 * cppn: eight layers of 24 units, each unit's arctangent a squashed once more as a / 0.67 and a^2 / 0.6 side by side, the last layer
 * nearly zero at first.
 */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { floatTensor } from '../../runtime/host-tensor.ts'
import { toDisplay } from '../color.ts'
import { defineParameterisation, planesOf } from '../define-parameterisation.ts'
import type { PictureShape } from '../define-parameterisation.ts'

const [layers, units] = [8, 24]
/** Coordinates of unit variance. */
const reach = Math.sqrt(3)
/** Scales both halves to unit variance. */
const [linear, square] = [0.67, 0.6]
/** Of the usual weights: nearly gray, and another gray for another seed. */
const lastShare = 0.02

const widthsOf = (shape: PictureShape): readonly (readonly [from: number, to: number])[] =>
  Array.from({ length: layers + 1 }, (_, layer) => [layer === 0 ? 2 : 2 * units, layer === layers ? planesOf(shape) : units])

/** [1, 2, H W]: rows and columns from -sqrt 3 to sqrt 3 along the longer side. */
function coordinates({ height, width }: PictureShape): Float32Array {
  const longer = Math.max(height, width)
  const place = (at: number, extent: number): number => (reach * (2 * at + 1 - extent)) / longer
  const plane = height * width
  return Float32Array.from({ length: 2 * plane }, (_, at) => (at < plane ? place(Math.floor(at / width), height) : place((at - plane) % width, width)))
}

function activated(emit: Emit, value: Value): Value {
  const [angle] = emit.node('Atan', [value], {}, [value])
  const a = angle ?? value
  return emit.concat([emit.mul(a, 1 / linear), emit.mul(emit.mul(a, a), 1 / square)], 1)
}

export default defineParameterisation({
  id: 'cppn', title: 'Drawing net', summary: 'A small net that knows only where a pixel lies: smooth shapes, any resolution', pace: 0.1,
  initial(shape, random) {
    return Object.fromEntries(widthsOf(shape).flatMap(([from, to], layer) => {
      const last = layer === layers
      const weights = Float32Array.from({ length: shape.batch * to * from }, () => random.normal(0, (last ? lastShare : 1) / Math.sqrt(from)))
      return [[`weight${layer}`, floatTensor([shape.batch, to, from], weights)], [`bias${layer}`, floatTensor([shape.batch, to, 1], new Float32Array(shape.batch * to))]]
    }))
  },
  build(emit, parameters, shape) {
    const { batch, height, width } = shape
    let value = emit.constant(float32Tensor([1, 2, height * width], coordinates(shape)))
    widthsOf(shape).forEach((_, layer) => {
      const sum = emit.add(emit.matMul(parameters[`weight${layer}`]!, layer === 0 ? emit.expand(value, [batch, 2, height * width]) : value), parameters[`bias${layer}`]!)
      value = layer === layers ? sum : activated(emit, sum)
    })
    return toDisplay(emit, emit.reshape(value, [batch, planesOf(shape), height, width]), shape)
  },
})
