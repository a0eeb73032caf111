/**
 * Normalized over the axes from `axis` on, then an elementwise scale and bias. The optional outputs Mean and InvStdDev pass
 * gradients too. Operator set 17 and later.
 */
import { float, floatOf, int, intOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import { normalize, normalizeGradient } from '../lowering/normalize.ts'

function axesOf({ node, input }: GradientContext): number[] {
  const { dims } = input(0)
  return [...dims.keys()].slice(resolveAxis(intOf(node, 'axis', -1), dims.length))
}
const normalizedOf = (context: GradientContext) => normalize(context.emit, context.input(0), axesOf(context), floatOf(context.node, 'epsilon', 1e-5))

export default defineGradient({
  op: 'LayerNormalization',
  gradient: [
    (context) => {
      const { emit, input, dy, gradients } = context
      const axes = axesOf(context)
      const statistics = normalizedOf(context)
      const { normalized, inverse } = statistics
      const count = axes.reduce((product, axis) => product * (input(0).dims[axis] ?? 1), 1)
      let dx = normalizeGradient(emit, emit.mul(dy(), input(1)), statistics, axes)
      if (gradients[1]) dx = emit.add(dx, emit.mul(gradients[1], 1 / count))
      // d inverse / dx = -inverse^2 normalized / count
      if (gradients[2]) dx = emit.sub(dx, emit.mul(emit.mul(emit.mul(gradients[2], 1 / count), emit.mul(inverse, inverse)), normalized))
      return dx
    },
    (context) => context.emit.mul(context.dy(), normalizedOf(context).normalized),
    ({ dy }) => dy(),
  ],
  samples: [
    { name: 'last axis', inputs: [{ dims: [2, 3, 6] }, { dims: [6] }, { dims: [6] }], opset: 17 },
    { name: 'no bias, epsilon', inputs: [{ dims: [4, 5] }, { dims: [5] }], attributes: { epsilon: float(0.01) } },
    { name: 'from axis 1', inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }, { dims: [3, 4] }], attributes: { axis: int(1) } },
    { name: 'Mean and InvStdDev used', inputs: [{ dims: [2, 3, 6] }, { dims: [6] }, { dims: [6] }], outputs: 3 },
  ],
})
