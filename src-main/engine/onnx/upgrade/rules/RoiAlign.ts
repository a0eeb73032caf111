/** RoiAlign: 16 introduced coordinate_transformation_mode, and as its default the half-pixel shift that there was not before. */
import { string } from '#engine/onnx/attributes.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['RoiAlign'],
  since: 16,
  upgrade: ({ node }) => [{ ...node, attributes: new Map([...node.attributes, ['coordinate_transformation_mode', string('output_half_pixel')]]) }],
})
