/** TopK: `k` became an input in 10. */
import { intOf } from '#engine/onnx/attributes.ts'
import { integersInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['TopK'],
  since: 10,
  upgrade: (context) => [withInputs(context.node, [context.node.inputs[0] ?? '', integersInput(context, [intOf(context.node, 'k', 1)])], without(context.node.attributes, 'k'))],
})
