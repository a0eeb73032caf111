/** Split: `split` became an input in 13; without it, 18 wants `num_outputs`. */
import { int, intsOf } from '#engine/onnx/attributes.ts'
import { integersInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Split'],
  since: 18,
  upgrade: (context) => {
    const { node } = context
    const lengths = intsOf(node, 'split')
    const given = node.inputs[1] || integersInput(context, lengths)
    return [withInputs(node, [node.inputs[0] ?? '', given], without(node.attributes, 'split'), given === '' ? { num_outputs: int(node.outputs.length) } : {})]
  },
})
