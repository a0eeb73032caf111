/** L = mean of (y - t)². */
import { defineLoss } from '../define-loss.ts'
import { meanOf } from '../mean-loss.ts'

export default defineLoss({
  kind: 'squared-error', weighs: 'input', answer: 'values',
  build(builder, output, { target, weights }) {
    const error = builder.node('Sub', 'loss/error', [output.name, target], output.dims)
    const square = builder.node('Mul', 'loss/square', [error.name, error.name], output.dims)
    return meanOf(builder, builder.node('Mul', 'loss/weighted', [square.name, weights], output.dims))
  },
})
