/** Channels in groups, each group of each sample normalized; scale and bias per group (operator set 18) or per channel (21). */
import { float, floatOf, int, intOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import type { Value } from '../emit.ts'
import { normalize, normalizeGradient } from '../lowering/normalize.ts'

/** x as [N, groups, C / groups, positions]; normalization is over the last two. */
function grouped({ emit, node, input }: GradientContext, value: Value): Value {
  const [samples = 1, channels = 1] = input(0).dims
  const groups = intOf(node, 'num_groups', 1)
  return emit.reshape(value, [samples, groups, channels / groups, -1])
}
/** Scale, broadcast against that: one number a group, or one a channel. */
function groupedScale({ emit, node, opset, input }: GradientContext): Value {
  const groups = intOf(node, 'num_groups', 1)
  return emit.reshape(input(1), opset >= 21 ? [groups, (input(0).dims[1] ?? 1) / groups, 1] : [groups, 1, 1])
}
const axes = [2, 3]
const normalizedOf = (context: GradientContext) => normalize(context.emit, grouped(context, context.input(0)), axes, floatOf(context.node, 'epsilon', 1e-5))
const toScale = ({ emit, opset, input }: GradientContext, value: Value): Value => emit.reshape(emit.reduceSum(value, opset >= 21 ? [0, 3] : [0, 2, 3]), input(1).dims)

export default defineGradient({
  op: 'GroupNormalization',
  gradient: [
    (context) => {
      const { emit, input, dy } = context
      return emit.reshape(normalizeGradient(emit, emit.mul(grouped(context, dy()), groupedScale(context)), normalizedOf(context), axes), input(0).dims)
    },
    (context) => toScale(context, context.emit.mul(grouped(context, context.dy()), normalizedOf(context).normalized)),
    (context) => toScale(context, grouped(context, context.dy())),
  ],
  samples: [
    { name: 'per group (operator set 18)', inputs: [{ dims: [2, 6, 3, 2] }, { dims: [3] }, { dims: [3] }], attributes: { num_groups: int(3) }, opset: 18 },
    { name: 'per channel (operator set 21)', inputs: [{ dims: [2, 6, 3, 2] }, { dims: [6] }, { dims: [6] }], attributes: { num_groups: int(2), epsilon: float(0.02) }, opset: 21 },
    { name: '1-D', inputs: [{ dims: [2, 4, 5] }, { dims: [4] }, { dims: [4] }], attributes: { num_groups: int(4) }, opset: 21 },
  ],
})
