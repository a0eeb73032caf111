/** Pad: `pads` and `value` became inputs in 11. */
import { floatOf, intsOf } from '#engine/onnx/attributes.ts'
import { integersInput, scalarInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Pad'],
  since: 11,
  upgrade: (context) => {
    const { node } = context
    const value = floatOf(node, 'value', 0)
    const scalar = value === 0 ? undefined : scalarInput(context, value)
    return [...(scalar?.nodes ?? []), withInputs(node, [node.inputs[0] ?? '', integersInput(context, intsOf(node, 'pads') ?? []), scalar?.name ?? ''], without(node.attributes, 'pads', 'value'))]
  },
})
