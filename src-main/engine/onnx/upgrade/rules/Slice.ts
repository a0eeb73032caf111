/** Slice: `starts`, `ends`, `axes` became inputs in 10. */
import { intsOf } from '#engine/onnx/attributes.ts'
import { integersInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Slice'],
  since: 10,
  upgrade: (context) => {
    const { node } = context
    const lists = ['starts', 'ends', 'axes'].map((name) => integersInput(context, intsOf(node, name)))
    return [withInputs(node, [node.inputs[0] ?? '', ...lists], without(node.attributes, 'starts', 'ends', 'axes'))]
  },
})
