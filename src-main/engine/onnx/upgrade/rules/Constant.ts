/** Constant: the shorthand attributes of 12 (value_float, value_ints, ...) as the tensor that they stand for. */
import { tensor } from '#engine/onnx/attributes.ts'
import type { Attribute, Tensor } from '#engine/onnx/model.ts'
import { float32Tensor, int64Tensor } from '#engine/onnx/tensor-data.ts'
import { defineUpgrade } from '../define-upgrade.ts'

const utf8 = new TextEncoder()
const strings = (dims: readonly number[], values: readonly string[]): Tensor => ({ dataType: 'string', dims, bytes: new Uint8Array(), strings: values.map((value) => utf8.encode(value)) })

function tensorOf(attribute: Attribute): Tensor | undefined {
  switch (attribute.kind) {
    case 'float': return float32Tensor([], [attribute.value])
    case 'floats': return float32Tensor([attribute.value.length], attribute.value)
    case 'int': return int64Tensor([], [attribute.value])
    case 'ints': return int64Tensor([attribute.value.length], attribute.value)
    case 'string': return strings([], [attribute.value])
    case 'strings': return strings([attribute.value.length], attribute.value)
    default: return undefined
  }
}

export default defineUpgrade({
  ops: ['Constant'],
  since: 18,
  upgrade: ({ node }) => {
    const [entry] = node.attributes
    const value = entry && tensorOf(entry[1])
    return [value ? { ...node, attributes: new Map([['value', tensor(value)]]) } : node]
  },
})
