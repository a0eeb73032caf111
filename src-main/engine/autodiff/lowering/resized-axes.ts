/** What a Resize node says: how it interpolates, and what becomes of each axis. */
import { floatOf, intOf, intsOf, stringOf } from '../../onnx/attributes.ts'
import type { Node } from '../../onnx/model.ts'
import type { GradientContext } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import type { InterpolationOptions, ResizedAxis } from './interpolation.ts'

export function interpolationOptions(node: Node): InterpolationOptions {
  const mode = stringOf(node, 'mode', 'nearest')
  return {
    mode: mode === 'linear' || mode === 'cubic' ? mode : 'nearest',
    coordinates: stringOf(node, 'coordinate_transformation_mode', 'half_pixel'),
    rounding: stringOf(node, 'nearest_mode', 'round_prefer_floor'),
    antialias: intOf(node, 'antialias', 0) === 1,
    cubicCoefficient: floatOf(node, 'cubic_coeff_a', -0.75),
    excludeOutside: intOf(node, 'exclude_outside', 0) === 1,
  }
}

/** The axes that the node lists, or all of them. */
export function resizedAxes(c: GradientContext): (ResizedAxis & { readonly axis: number })[] {
  const { dims } = c.input(0)
  const axes = intsOf(c.node, 'axes')?.map((axis) => resolveAxis(axis, dims.length)) ?? dims.map((_, axis) => axis)
  const region = c.inputs[1] ? c.numbersInput(1) : []
  const scales = c.inputs[2] ? c.numbersInput(2) : []
  const sizes = c.inputs[3] && scales.length === 0 ? c.numbersInput(3) : []
  const policy = stringOf(c.node, 'keep_aspect_ratio_policy', 'stretch')
  const ratios = sizes.map((size, at) => Math.fround(size / (dims[axes[at] ?? 0] ?? 1)))
  const common = policy === 'stretch' ? undefined : policy === 'not_larger' ? Math.min(...ratios) : Math.max(...ratios)
  return axes.map((axis, at) => ({
    axis,
    length: dims[axis] ?? 1,
    resized: c.dy().dims[axis] ?? 1,
    scale: scales[at] ?? common ?? ratios[at] ?? 1,
    region: [region[at] ?? 0, region[at + axes.length] ?? 1],
  }))
}
