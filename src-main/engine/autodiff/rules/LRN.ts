/**
 * y = x s^-b with s = bias + alpha / size * (sum of x^2 over a window of channels): dx = dy s^-b - 2 alpha b / size x W'(dy x s^(-b-1)),
 * W' the sum over the window mirrored (Krizhevsky et al. 2012, sec. 3.3). Operator set 1 and later.
 */
import { float, floatOf, int, intOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import type { Emit, Value } from '../emit.ts'
import { averagePool } from '../lowering/average-pool.ts'

/** Mean over a window of `size` channels, zeros beyond the ends; `before` of them come before the channel. */
function windowMean(emit: Emit, value: Value, size: number, before: number): Value {
  const [samples = 1, channels = 1] = value.dims
  const rows = emit.reshape(value, [samples, 1, channels, -1])
  return emit.reshape(averagePool(emit, rows, { kernel: [size, 1], strides: [1, 1], dilations: [1, 1], pads: [before, 0, size - 1 - before, 0] }), value.dims)
}

export default defineGradient({
  op: 'LRN',
  gradient: [
    ({ emit, node, input, dy }) => {
      const x = input(0)
      const size = intOf(node, 'size', 1)
      const [alpha, beta, bias] = [floatOf(node, 'alpha', 1e-4), floatOf(node, 'beta', 0.75), floatOf(node, 'bias', 1)]
      const before = Math.floor((size - 1) / 2)
      const scale = emit.add(emit.mul(windowMean(emit, emit.mul(x, x), size, before), alpha), bias)
      const direct = emit.mul(dy(), emit.pow(scale, -beta))
      const crossed = windowMean(emit, emit.div(emit.mul(direct, x), scale), size, size - 1 - before)
      return emit.sub(direct, emit.mul(emit.mul(x, 2 * alpha * beta), crossed))
    },
  ],
  samples: [
    { name: 'odd window', inputs: [{ dims: [2, 6, 3, 2] }], attributes: { size: int(3), alpha: float(0.9), beta: float(0.75), bias: float(1.5) } },
    { name: 'other exponent', inputs: [{ dims: [1, 5, 2, 2] }], attributes: { size: int(5), alpha: float(2), beta: float(0.5), bias: float(1) } },
    { name: 'wider than the channels', inputs: [{ dims: [1, 3, 2, 2] }], attributes: { size: int(7), alpha: float(1) } },
  ],
})
