/** Squeeze, Unsqueeze, ReduceSum: `axes` became an input in 13. */
import { intsOf } from '#engine/onnx/attributes.ts'
import { integersInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Squeeze', 'Unsqueeze', 'ReduceSum'],
  since: 13,
  upgrade: (context) => {
    const axes = intsOf(context.node, 'axes')
    // An empty list of axes means all of them, as none does.
    return [withInputs(context.node, [context.node.inputs[0] ?? '', integersInput(context, axes?.length ? axes : undefined)], without(context.node.attributes, 'axes'))]
  },
})
