import { float, int, ints, string } from '../../onnx/attributes.ts'
import type { Attribute } from '../../onnx/model.ts'
import { defineGradient, type GradientSample } from '../define-gradient.ts'
import { applyTranspose, sumOverBlocks } from '../lowering/apply-transpose.ts'
import { interpolationTaps } from '../lowering/interpolation.ts'
import { interpolationOptions, resizedAxes } from '../lowering/resized-axes.ts'

/**
 * Every mode is linear in x and separable: y = (A1 x A2 x ...) x, so dx = dy with every axis multiplied by the transpose of
 * its own small matrix. What is extrapolated (tf_crop_and_resize) has no source. Operator sets 10 to 19.
 */
export default defineGradient({
  op: 'Resize',
  gradient: [
    (c) => {
      const options = interpolationOptions(c.node)
      const axes = resizedAxes(c).map(({ axis, ...resized }) => ({ axis, length: resized.length, taps: interpolationTaps(resized, options) }))
      return sumOverBlocks(c.emit, c.dy(), axes) ?? axes.reduce((dy, { axis, taps, length }) => applyTranspose(c.emit, dy, axis, taps, length), c.dy())
    },
  ],
  samples: [
    ...['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'].flatMap((rounding) =>
      ['half_pixel', 'asymmetric', 'align_corners', 'pytorch_half_pixel'].map((coordinates) =>
        resize(`nearest, ${rounding}, ${coordinates}`, [1, 2, 4, 6], [7, 4], { nearest_mode: string(rounding), coordinate_transformation_mode: string(coordinates) }))),
    ...['half_pixel', 'half_pixel_symmetric', 'asymmetric', 'align_corners', 'pytorch_half_pixel'].flatMap((coordinates) =>
      ['linear', 'cubic'].map((mode) => resize(`${mode}, ${coordinates}`, [1, 2, 4, 5], [7, 3], { mode: string(mode), coordinate_transformation_mode: string(coordinates) }, 19))),
    resize('nearest, whole factors', [2, 3, 2, 3], [4, 9], { coordinate_transformation_mode: string('asymmetric'), nearest_mode: string('floor') }),
    resize('nearest, whole factors of a volume', [1, 2, 2, 3, 2], [4, 3, 6], { coordinate_transformation_mode: string('asymmetric'), nearest_mode: string('floor') }),
    resize('nearest, every second element', [1, 2, 6, 8], [3, 4], { coordinate_transformation_mode: string('asymmetric'), nearest_mode: string('floor') }),
    resize('cubic, coefficient -0.5, outside excluded', [1, 1, 5, 6], [8, 4], { mode: string('cubic'), cubic_coeff_a: float(-0.5), exclude_outside: int(1) }),
    resize('linear, antialiased', [1, 2, 7, 9], [3, 4], { mode: string('linear'), antialias: int(1) }),
    resize('cubic, antialiased', [1, 2, 9, 8], [4, 3], { mode: string('cubic'), antialias: int(1) }),
    resize('cubic, antialiased, outside excluded', [1, 1, 9, 8], [4, 3], { mode: string('cubic'), antialias: int(1), exclude_outside: int(1) }),
    resize('to one element', [1, 1, 3, 4], [1, 1], { mode: string('linear'), coordinate_transformation_mode: string('align_corners') }),
    ...['linear', 'nearest', 'cubic'].map((mode): GradientSample => ({
      name: `${mode}, a region that leaves the picture`,
      attributes: { mode: string(mode), coordinate_transformation_mode: string('tf_crop_and_resize'), extrapolation_value: float(2) },
      inputs: [{ dims: [1, 2, 5, 6] }, { constant: [0, 0, 0.2, -0.3, 1, 1, 0.9, 1.2], dims: [8], dataType: 'float32' }, null, { constant: [1, 2, 4, 7], dims: [4], dataType: 'int64' }],
    })),
    scaled('scales that do not divide', [1, 2, 4, 5], [1, 1, 1.6, 0.7], { mode: string('linear') }),
    scaled('three spatial axes', [1, 1, 2, 3, 2], [1, 1, 2, 1.5, 2], { mode: string('linear') }),
    scaled('listed axes', [1, 2, 4, 5], [2, 1.45], { mode: string('linear'), axes: ints([2, 3]) }),
    scaled('negative axes', [1, 2, 4, 5], [1.5], { axes: ints([-1]) }),
    ...['not_larger', 'not_smaller'].map((policy) => resize(`linear, ${policy}`, [1, 1, 4, 6], [6, 7], { mode: string('linear'), keep_aspect_ratio_policy: string(policy), axes: ints([2, 3]) }, 18, [6, 7])),
  ],
})

type Attributes = Readonly<Record<string, Attribute>>

function resize(name: string, dims: number[], spatial: number[], attributes: Attributes, opset?: number, sizes = [...dims.slice(0, 2), ...spatial]): GradientSample {
  return { name, attributes, ...(opset ? { opset } : {}), inputs: [{ dims }, null, null, { constant: sizes, dims: [sizes.length], dataType: 'int64' }] }
}

function scaled(name: string, dims: number[], scales: number[], attributes: Attributes): GradientSample {
  return { name, attributes, inputs: [{ dims }, null, { constant: scales, dims: [scales.length], dataType: 'float32' }] }
}
