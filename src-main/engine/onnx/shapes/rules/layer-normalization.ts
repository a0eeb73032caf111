/** Layer normalisation and its fused forms: the mean and the inverse deviation have extent 1 along the normalised axes. */
import { intOf } from '../../attributes.ts'
import { axisIn, likeInput } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: [
    'LayerNormalization', 'RMSNormalization', 'SimplifiedLayerNormalization', 'com.microsoft::LayerNormalization', 'com.microsoft::SimplifiedLayerNormalization',
    'com.microsoft::SkipLayerNormalization', 'com.microsoft::SkipSimplifiedLayerNormalization',
  ],
  infer: (context) => {
    const x = likeInput(context)
    const from = x?.shape && axisIn(context, intOf(context.node, 'axis', -1), x.shape.length)
    const statistics = { dataType: 'float32' as const, shape: x?.shape?.map((dim, axis) => (axis >= (from ?? 0) ? 1 : dim)) }
    // The skip forms have a fourth output: the sum of input, skip and bias.
    return context.node.outputs.map((_, index) => (index === 0 || index === 3 ? x : statistics))
  },
})
