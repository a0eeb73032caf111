/**
 * BatchNormalization: outputs beyond the first, which inference leaves undefined, went in 14; `spatial` went in 9. With spatial = 0 the
 * statistics are those of each activation: y = (x - mean) / sqrt(var + epsilon) * scale + bias, broadcast along the batch.
 */
import { AppError } from '#contract/errors.ts'
import { floatOf, intOf } from '#engine/onnx/attributes.ts'
import { scalarInput, without } from '../attribute-to-input.ts'
import { defineUpgrade } from '../define-upgrade.ts'

export default defineUpgrade({
  ops: ['BatchNormalization'],
  since: 14,
  upgrade: (context) => {
    const { node, make, fresh } = context
    if ([1, 2, 3, 4].some(context.reads))
      throw new AppError('model-unsupported', `Node '${node.name}' (BatchNormalization) hands on its training statistics: the model was exported in training mode. Export it in evaluation mode.`)
    const [output = ''] = node.outputs
    if (intOf(node, 'spatial', 1) !== 0) return [{ ...node, outputs: [output], attributes: without(node.attributes, 'spatial') }]
    const [x = '', scale = '', bias = '', mean = '', variance = ''] = node.inputs
    const epsilon = scalarInput(context, floatOf(node, 'epsilon', 1e-5))
    const [centered, shifted, deviation, normal, scaled] = [fresh('centered'), fresh('shifted'), fresh('deviation'), fresh('normal'), fresh('scaled')]
    return [
      ...epsilon.nodes,
      make('Sub', [x, mean], [centered]),
      make('Add', [variance, epsilon.name], [shifted]),
      make('Sqrt', [shifted], [deviation]),
      make('Div', [centered, deviation], [normal]),
      make('Mul', [normal, scale], [scaled]),
      make('Add', [scaled, bias], [output]),
    ]
  },
})
