/** Dropout: `ratio` became an input in 12; the mask is boolean since 10. In inference the result is the input, whatever the ratio. */
import { floatOf, int } from '#engine/onnx/attributes.ts'
import { dataTypes } from '#engine/onnx/model.ts'
import { float32Tensor } from '#engine/onnx/tensor-data.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['Dropout'],
  since: 12,
  upgrade: ({ node, opset, fact, reads, constant, fresh, make }) => {
    const [output = '', mask = ''] = node.outputs
    const inputs = [node.inputs[0] ?? '', constant(float32Tensor([], [floatOf(node, 'ratio', 0.5)]))]
    if (!reads(1)) return [make('Dropout', inputs, [output])]
    if (opset >= 10) return [make('Dropout', inputs, [output, mask])]
    const boolean = fresh('mask')
    return [make('Dropout', inputs, [output, boolean]), make('Cast', [boolean], [mask], { to: int(dataTypes.indexOf(fact(0)?.dataType ?? 'float32')) })]
  },
})
