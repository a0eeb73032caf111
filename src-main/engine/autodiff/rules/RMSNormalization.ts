/** y = scale x / sqrt(mean(x^2) + epsilon) over the axes from `axis` on (Zhang and Sennrich 2019, arXiv:1910.07467). Operator set 23. */
import { float, floatOf, int, intOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'
import { resolveAxis } from '../dims.ts'
import type { Value } from '../emit.ts'

/** r = 1 / sqrt(mean(x^2) + epsilon), x r, and the axes of the mean. */
function normalizedOf({ emit, node, input }: GradientContext): { normalized: Value; inverse: Value; axes: number[] } {
  const x = input(0)
  const axes = [...x.dims.keys()].slice(resolveAxis(intOf(node, 'axis', -1), x.dims.length))
  const inverse = emit.reciprocal(emit.sqrt(emit.add(emit.reduceMean(emit.mul(x, x), axes, true), floatOf(node, 'epsilon', 1e-5))))
  return { normalized: emit.mul(x, inverse), inverse, axes }
}

export default defineGradient({
  op: 'RMSNormalization',
  gradient: [
    (context) => {
      // With g = dy scale: dx = r (g - normalized mean(g normalized)).
      const { emit, input, dy } = context
      const { normalized, inverse, axes } = normalizedOf(context)
      const g = emit.mul(dy(), input(1))
      return emit.mul(inverse, emit.sub(g, emit.mul(normalized, emit.reduceMean(emit.mul(g, normalized), axes, true))))
    },
    (context) => context.emit.mul(context.dy(), normalizedOf(context).normalized),
  ],
  samples: [
    { name: 'last axis', opset: 23, inputs: [{ dims: [2, 3, 6] }, { dims: [6] }] },
    { name: 'from axis 1, epsilon', opset: 23, attributes: { axis: int(1), epsilon: float(0.01) }, inputs: [{ dims: [2, 3, 4] }, { dims: [3, 4] }] },
  ],
})
