import { string, stringOf } from '../../onnx/attributes.ts'
import { defineGradient } from '../define-gradient.ts'
import type { Emit, Value } from '../emit.ts'

/** y = x P(X <= x) for a standard normal X. Hendrycks and Gimpel 2016, arXiv:1606.08415. Operator set 20. */
export default defineGradient({
  op: 'Gelu',
  gradient: [(c) => c.emit.mul(c.dy(), (stringOf(c.node, 'approximate', 'none') === 'tanh' ? tanhSlope : erfSlope)(c.emit, c.input(0)))],
  samples: [
    { name: 'exact', opset: 20, inputs: [{ dims: [2, 3, 4], range: [-3, 3] }] },
    { name: 'tanh', opset: 20, attributes: { approximate: string('tanh') }, inputs: [{ dims: [2, 3, 4], range: [-3, 3] }] },
  ],
})

/** (1 + erf(x / sqrt 2)) / 2 + x e^(-x^2/2) / sqrt(2 pi) */
function erfSlope(emit: Emit, x: Value): Value {
  const cumulative = emit.mul(emit.add(emit.erf(emit.mul(x, Math.SQRT1_2)), 1), 0.5)
  const density = emit.mul(emit.exp(emit.mul(emit.mul(x, x), -0.5)), 1 / Math.sqrt(2 * Math.PI))
  return emit.add(cumulative, emit.mul(x, density))
}

/** y = x (1 + t) / 2 with t = tanh u, u = sqrt(2/pi) (x + 0.044715 x^3); slope (1 + t) / 2 + x (1 - t^2) u' / 2. */
function tanhSlope(emit: Emit, x: Value): Value {
  const scale = Math.sqrt(2 / Math.PI)
  const square = emit.mul(x, x)
  const t = emit.tanh(emit.mul(emit.add(x, emit.mul(emit.mul(square, x), 0.044715)), scale))
  const uSlope = emit.mul(emit.add(emit.mul(square, 3 * 0.044715), 1), scale)
  const bend = emit.mul(emit.mul(x, emit.oneMinus(emit.mul(t, t))), uSlope)
  return emit.mul(emit.add(emit.add(t, 1), bend), 0.5)
}
