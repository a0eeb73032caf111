/**
 * Resize and Upsample: floor(extent * scale) in float32 as onnxruntime computes it, or the sizes listed.
 * Upsample-7: attribute; Upsample-9, Resize-10: second input; Resize-11: roi, scales, sizes; Resize-18: axes and aspect policy.
 */
import { floatsOf, intsOf, stringOf } from '../../attributes.ts'
import type { Dim, Shape } from '../../model.ts'
import { axisIn, elementsAt, hasInput, mismatch, numbersAt, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'
import type { ShapeContext } from '../define-shape.ts'
import { isNumber, showShape } from '../dims.ts'

const scaled = (dim: Dim, scale: number): Dim => (isNumber(dim) ? Math.floor(Math.fround(dim * scale)) : scale === 1 ? dim : null)

function sized(context: ShapeContext, x: Shape, axes: readonly number[], sizes: readonly Dim[]): Shape {
  const policy = stringOf(context.node, 'keep_aspect_ratio_policy', 'stretch')
  if (policy === 'stretch') return x.map((dim, axis) => (axes.includes(axis) ? (sizes[axes.indexOf(axis)] ?? null) : dim))
  const ratios = axes.map((axis, index) => Math.fround(Number(sizes[index]) / Number(x[axis])))
  const scale = policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  return x.map((dim, axis) => (axes.includes(axis) ? (isNumber(dim) && Number.isFinite(scale) ? Math.floor(Math.fround(dim * scale) + 0.5) : null) : dim))
}

export default defineShape({
  ops: ['Resize', 'Upsample'],
  infer: (context) => {
    const x = shapeAt(context, 0)
    const dataType = typeAt(context, 0)
    if (!x) return [{ dataType }]
    const axes = intsOf(context.node, 'axes')?.map((axis) => axisIn(context, axis, x.length)) ?? [...x.keys()]
    const scales = floatsOf(context.node, 'scales') ?? numbersAt(context, context.node.inputs.length > 2 ? 2 : 1)
    const check = (list: readonly unknown[], what: string): void => {
      if (list.length !== axes.length) mismatch(context, `${what} were expected to have ${axes.length} entries for its input ${showShape(x)}, got [${list.join(', ')}].`)
    }
    if (hasInput(context, 3)) {
      const sizes = elementsAt(context, 3)
      if (sizes && sizes.length > 0) {
        check(sizes, 'sizes')
        return [{ dataType, shape: sized(context, x, axes, sizes) }]
      }
    }
    if (!scales || scales.length === 0) return [{ dataType, shape: x.map((dim, axis) => (axes.includes(axis) ? null : dim)) }]
    check(scales, 'scales')
    return [{ dataType, shape: x.map((dim, axis) => (axes.includes(axis) ? scaled(dim, scales[axes.indexOf(axis)] ?? 1) : dim)) }]
  },
})
