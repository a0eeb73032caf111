/** Each map of each sample normalized over its positions, then scale and bias of its channel. Operator set 6 and later. */
import { float, floatOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { allButChannels, normalize, normalizeGradient, perChannel } from '../lowering/normalize.ts'

const spatialAxes = ({ input }: GradientContext): number[] => [...input(0).dims.keys()].slice(2)
const normalizedOf = (context: GradientContext) => normalize(context.emit, context.input(0), spatialAxes(context), floatOf(context.node, 'epsilon', 1e-5))

export default defineGradient({
  op: 'InstanceNormalization',
  gradient: [
    (context) => {
      const { emit, input, dy } = context
      return normalizeGradient(emit, emit.mul(dy(), perChannel(emit, input(1), input(0).dims.length)), normalizedOf(context), spatialAxes(context))
    },
    (context) => context.emit.reduceSum(context.emit.mul(context.dy(), normalizedOf(context).normalized), allButChannels(context.dy())),
    ({ emit, dy }) => emit.reduceSum(dy(), allButChannels(dy())),
  ],
  samples: [
    { name: '2-D', inputs: [{ dims: [2, 3, 4, 3] }, { dims: [3] }, { dims: [3] }] },
    { name: '1-D, epsilon', inputs: [{ dims: [2, 2, 6] }, { dims: [2] }, { dims: [2] }], attributes: { epsilon: float(0.05) } },
    { name: '3-D', inputs: [{ dims: [1, 2, 2, 3, 3] }, { dims: [2] }, { dims: [2] }] },
  ],
})
