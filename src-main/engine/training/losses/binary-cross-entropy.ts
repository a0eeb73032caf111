/** L = mean of w (softplus(z) - t z): cross-entropy of each output's sigmoid by itself, which neither overflows nor takes the logarithm of zero. */
import { defineLoss } from '../define-loss.ts'
import { meanOf } from '../mean-loss.ts'

export default defineLoss({
  kind: 'binary-cross-entropy', weighs: 'input', answer: 'sigmoid',
  build(builder, output, { target, weights }) {
    const softplus = builder.node('Softplus', 'loss/softplus', [output.name], output.dims)
    const product = builder.node('Mul', 'loss/product', [target, output.name], output.dims)
    const each = builder.node('Sub', 'loss/each', [softplus.name, product.name], output.dims)
    return meanOf(builder, builder.node('Mul', 'loss/weighted', [each.name, weights], output.dims))
  },
})
