/**
 * Upsample 7 and 9 (`scales` an attribute, then an input) and Resize 10 map output to input coordinates without a half-pixel shift
 * ("asymmetric"), and take the floor of the nearest one, Resize 10 the ceiling along axes that shrink. From 11 on all of that is said by attributes;
 * from 13 on what is not used is omitted, not empty, and tf_half_pixel_for_nn is gone.
 */
import { AppError } from '#contract/errors.ts'
import { floatsOf, string, stringOf } from '#engine/onnx/attributes.ts'
import type { Node } from '#engine/onnx/model.ts'
import { elementCount, float32Tensor, numbersOf } from '#engine/onnx/tensor-data.ts'
import { defineUpgrade } from '../define-upgrade.ts'
import type { UpgradeContext } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Upsample', 'Resize'],
  since: 13,
  upgrade: (context) => (context.node.opType === 'Resize' && context.opset >= 11 ? [withoutEmptyInputs(context)] : fromScales(context)),
})

function fromScales(context: UpgradeContext): readonly Node[] {
  const { node, make } = context
  const [x = '', given = ''] = node.inputs
  const [output = ''] = node.outputs
  const listed = floatsOf(node, 'scales')
  const scales = listed ? context.constant(float32Tensor([listed.length], listed)) : given
  const mode = stringOf(node, 'mode', 'nearest').replace('bilinear', 'linear')
  const resize = (from: string, by: string, to: string, rounding: 'floor' | 'ceil'): Node =>
    make('Resize', [from, '', by], [to], { mode: string(mode), coordinate_transformation_mode: string('asymmetric'), ...(mode === 'nearest' ? { nearest_mode: string(rounding) } : {}) })
  const constant = context.fact(1)?.constant
  const factors = listed ?? (constant && numbersOf(constant))
  if (node.opType !== 'Resize' || mode !== 'nearest' || !factors?.some((factor) => factor < 1)) return [resize(x, scales, output, 'floor')]
  if (!factors.some((factor) => factor > 1)) return [resize(x, scales, output, 'ceil')]
  // Each axis has its own rounding, a node has one: enlarge first, then shrink.
  const [larger, smaller] = [factors.map((factor) => Math.max(1, factor)), factors.map((factor) => Math.min(1, factor))].map((each) => context.constant(float32Tensor([each.length], each)))
  const between = context.fresh('enlarged')
  return [resize(x, larger ?? '', between, 'floor'), resize(between, smaller ?? '', output, 'ceil')]
}

function withoutEmptyInputs(context: UpgradeContext): Node {
  const { node } = context
  const inputs = node.inputs.map((name, index) => {
    const constant = index === 0 ? undefined : context.fact(index)?.constant
    return constant && elementCount(constant.dims) === 0 ? '' : name
  })
  // The region of interest counts only where the coordinates are those of a crop.
  if (stringOf(node, 'coordinate_transformation_mode', 'half_pixel') !== 'tf_crop_and_resize') inputs[1] = ''
  if (inputs[3]) inputs[2] = ''
  const attributes = new Map(node.attributes)
  if (stringOf(node, 'coordinate_transformation_mode', 'half_pixel') === 'tf_half_pixel_for_nn') {
    // (i + 0.5) / scale, rounded down, is the half-pixel coordinate (that less 0.5) with halves rounded up.
    if (stringOf(node, 'mode', 'nearest') !== 'nearest' || stringOf(node, 'nearest_mode', 'round_prefer_floor') !== 'floor')
      throw new AppError('model-unsupported', `Node '${node.name}' (Resize) combines tf_half_pixel_for_nn with mode ${stringOf(node, 'mode', 'nearest')}, nearest_mode ${stringOf(node, 'nearest_mode', 'round_prefer_floor')}; only nearest, floor is supported.`)
    attributes.set('coordinate_transformation_mode', string('half_pixel'))
    attributes.set('nearest_mode', string('round_prefer_ceil'))
  }
  return { ...node, inputs: inputs.slice(0, inputs.findLastIndex((name) => name !== '') + 1), attributes }
}
