/**
 * The 2-Wasserstein distance between the Gaussians that have the features' means and covariances (Dowson and Landau 1982, J. Multivariate Anal. 12:450, eq. 4),
 *   L = (|mu - nu|^2 + tr(P + Q - 2 (R P R)^(1/2))) / (|nu|^2 + tr Q),  R = Q^(1/2),
 *   dL/dP = I - R (R P R)^(-1/2) R,  dL/dmu = 2 (mu - nu)     (over the same scale),
 * P of the picture and Q of the style, both with a share of the style's mean variance added to the diagonal: maps smaller than their number of channels have
 * covariances without an inverse. With P = S / n - mu mu^T, dL/dS = dL/dP / n and dL/ds = (dL/dmu - 2 dL/dP mu) / n.
 */
import { invariant } from '#contract/errors.ts'
import type { Emit, Value } from '../../../autodiff/emit.ts'
import { float32Tensor } from '../../../onnx/tensor-data.ts'
import { defineStatistic } from '../define-statistic.ts'
import type { Moments } from '../define-statistic.ts'
import { squareRoots } from '../matrix-root.ts'

/** Of the style's mean variance. */
const ridge = 1e-2

export default defineStatistic({
  id: 'wasserstein', title: 'Wasserstein distance', readsSums: true,
  targetDims: (channels) => ({ mean: [channels, 1], root: [channels, channels], trace: [], diagonal: [] }),
  target(emit, moments) {
    const { mean, covariance, identity } = describe(emit, moments)
    const channels = mean.dims[0] ?? 1
    const trace = emit.reduceSum(emit.mul(covariance, identity))
    const diagonal = emit.add(emit.mul(trace, ridge / channels), 1e-12)
    const { root } = squareRoots(emit, emit.add(covariance, emit.mul(identity, diagonal)))
    return { mean, root, diagonal, trace: emit.add(trace, emit.mul(diagonal, channels)) }
  },
  loss(emit, moments, target) {
    const [nu, r, trace, diagonal] = [target['mean']!, target['root']!, target['trace']!, target['diagonal']!]
    const { mean, covariance, identity } = describe(emit, moments)
    const p = emit.add(covariance, emit.mul(identity, diagonal))
    const { root, inverse } = squareRoots(emit, symmetric(emit, emit.matMul(emit.matMul(r, p), r)))
    const shift = emit.sub(mean, nu)
    const scale = emit.reciprocal(emit.add(emit.reduceSum(emit.mul(nu, nu)), trace))
    const spread = emit.sub(emit.add(emit.reduceSum(emit.mul(p, identity)), trace), emit.mul(emit.reduceSum(emit.mul(root, identity)), 2))
    const byCovariance = emit.mul(emit.sub(identity, symmetric(emit, emit.matMul(emit.matMul(r, inverse), r))), scale)
    const byMean = emit.mul(shift, emit.mul(scale, 2))
    return {
      value: emit.mul(emit.add(emit.reduceSum(emit.mul(shift, shift)), spread), scale),
      products: emit.div(byCovariance, moments.count),
      sums: emit.div(emit.sub(byMean, emit.mul(emit.matMul(byCovariance, mean), 2)), moments.count),
    }
  },
})

function describe(emit: Emit, { products, sums, count }: Moments): { readonly mean: Value; readonly covariance: Value; readonly identity: Value } {
  invariant(sums, 'a covariance without the sums of its features')
  const channels = sums.dims[0] ?? 1
  const mean = emit.div(sums, count)
  const identity = emit.constant(float32Tensor([channels, channels], Float32Array.from({ length: channels * channels }, (_, index) => (index % (channels + 1) === 0 ? 1 : 0))))
  return { mean, identity, covariance: emit.sub(emit.div(products, count), emit.gemm(mean, mean, { transB: true })) }
}

/** Rounding leaves products of symmetric matrices not quite so, which the iteration would enlarge. */
const symmetric = (emit: Emit, a: Value): Value => emit.mul(emit.add(a, emit.transpose(a, [1, 0])), 0.5)
