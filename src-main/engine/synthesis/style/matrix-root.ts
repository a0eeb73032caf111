/**
 * A^(1/2) and A^(-1/2) of a symmetric positive definite matrix by products alone, which every device has (the coupled Newton-Schulz iteration,
 * Higham 2008, "Functions of Matrices", eq. 6.35):
 *   Y_0 = A / |A|,  Z_0 = I,  T = (3 I - Z Y) / 2,  Y <- Y T,  Z <- T Z,  A^(1/2) = |A|^(1/2) Y,  A^(-1/2) = Z / |A|^(1/2).
 * An eigenvalue grows by 1.5^2 an iteration until it nears 1: after 16 those above 1e-5 |A| have, and what rounding made negative has not grown to matter.
 */
import type { Emit, Value } from '../../autodiff/emit.ts'
import { float32Tensor } from '../../onnx/tensor-data.ts'

const iterations = 16

export function squareRoots(emit: Emit, a: Value): { readonly root: Value; readonly inverse: Value } {
  const size = a.dims[0] ?? 1
  const threeHalves = emit.constant(float32Tensor([size, size], Float32Array.from({ length: size * size }, (_, index) => (index % (size + 1) === 0 ? 1.5 : 0))))
  const norm = emit.sqrt(emit.add(emit.reduceSum(emit.mul(a, a)), 1e-30))
  let y = emit.div(a, norm)
  let t = emit.sub(threeHalves, emit.mul(y, 0.5))
  let z = t
  y = emit.matMul(y, t)
  for (let iteration = 1; iteration < iterations; iteration++) {
    t = emit.sub(threeHalves, emit.mul(emit.matMul(z, y), 0.5))
    y = emit.matMul(y, t)
    z = emit.matMul(t, z)
  }
  const scale = emit.sqrt(norm)
  return { root: emit.mul(y, scale), inverse: emit.div(z, scale) }
}
