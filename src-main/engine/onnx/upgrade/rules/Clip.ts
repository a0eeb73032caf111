/** Clip: `min` and `max` became inputs in 11. */
import { floatOf } from '#engine/onnx/attributes.ts'
import { scalarInput, withInputs, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Clip'],
  since: 11,
  upgrade: (context) => {
    const { node } = context
    const bounds = ['min', 'max'].map((name) => (node.attributes.has(name) ? scalarInput(context, floatOf(node, name, 0)) : undefined))
    return [...bounds.flatMap((bound) => bound?.nodes ?? []), withInputs(node, [node.inputs[0] ?? '', ...bounds.map((bound) => bound?.name ?? '')], without(node.attributes, 'min', 'max'))]
  },
})
