/** y = alpha A' B' + beta C with A' = A or its transpose: dA' = alpha dy B'^T, dB' = alpha A'^T dy, dC = beta dy. Operator set 7 and later. */
import { float, floatOf, int, intOf } from '../../onnx/attributes.ts'
import { defineGradient, type GradientContext } from '../define-gradient.ts'

const flags = ({ node }: GradientContext) => ({ transA: intOf(node, 'transA', 0) !== 0, transB: intOf(node, 'transB', 0) !== 0, alpha: floatOf(node, 'alpha', 1) })

export default defineGradient({
  op: 'Gemm',
  gradient: [
    (context) => {
      const { emit, input, dy } = context
      const { transA, transB, alpha } = flags(context)
      return transA ? emit.gemm(input(1), dy(), { transA: transB, transB: true, alpha }) : emit.gemm(dy(), input(1), { transB: !transB, alpha })
    },
    (context) => {
      const { emit, input, dy } = context
      const { transA, transB, alpha } = flags(context)
      return transB ? emit.gemm(dy(), input(0), { transA: true, transB: transA, alpha }) : emit.gemm(input(0), dy(), { transA: !transA, alpha })
    },
    ({ emit, node, dy }) => emit.mul(dy(), floatOf(node, 'beta', 1)),
  ],
  samples: [
    { name: 'plain', inputs: [{ dims: [3, 4] }, { dims: [4, 5] }, { dims: [5] }] },
    { name: 'transB', inputs: [{ dims: [3, 4] }, { dims: [5, 4] }, { dims: [5] }], attributes: { transB: int(1) } },
    { name: 'transA, alpha, beta, column C', inputs: [{ dims: [4, 3] }, { dims: [4, 5] }, { dims: [3, 1] }], attributes: { transA: int(1), alpha: float(0.5), beta: float(-2) } },
    { name: 'both transposed, scalar C', inputs: [{ dims: [4, 3] }, { dims: [5, 4] }, { dims: [] }], attributes: { transA: int(1), transB: int(1), alpha: float(1.5) } },
    { name: 'no C', inputs: [{ dims: [2, 3] }, { dims: [3, 2] }] },
  ],
})
