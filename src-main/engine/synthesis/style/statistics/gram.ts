import { defineStatistic } from '../define-statistic.ts'

/**
 * Gatys et al. 2016, eq. 3 to 6: L = |G - A|^2 / |A|^2 with G = S / n, A that of the style; dL/dS = 2 (G - A) / (n |A|^2). Relative to the style's own
 * Gram matrix in place of 1 / (4 N^2 M^2), so that one weight means the same in every layer of every network.
 */
export default defineStatistic({
  id: 'gram', title: 'Gram matrices', readsSums: false,
  targetDims: (channels) => ({ gram: [channels, channels], norm: [] }),
  target(emit, { products, count }) {
    const gram = emit.div(products, count)
    return { gram, norm: emit.add(emit.reduceSum(emit.mul(gram, gram)), 1e-12) }
  },
  loss(emit, { products, count }, { gram, norm }) {
    const difference = emit.sub(emit.div(products, count), gram!)
    return {
      value: emit.div(emit.reduceSum(emit.mul(difference, difference)), norm!),
      products: emit.div(emit.mul(difference, 2), emit.mul(norm!, count)),
      sums: undefined,
    }
  },
})
