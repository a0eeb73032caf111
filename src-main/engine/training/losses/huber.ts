/** L = mean of e²/2 where |e| <= delta, else delta (|e| - delta/2) (Huber 1964): with q = min(|e|, delta), q²/2 + delta (|e| - q). */
import { float32Tensor } from '../../onnx/tensor-data.ts'
import { defineLoss } from '../define-loss.ts'
import { meanOf } from '../mean-loss.ts'

export default defineLoss({
  kind: 'huber', weighs: 'input', answer: 'values',
  build(builder, output, { options, target, weights }) {
    const { dims } = output
    const scalar = (name: string, value: number): string => builder.constant(`loss/${name}`, float32Tensor([], [value]))
    const delta = scalar('delta', options.delta)
    const distance = builder.node('Abs', 'loss/distance', [builder.node('Sub', 'loss/error', [output.name, target], dims).name], dims)
    const near = builder.node('Min', 'loss/near', [distance.name, delta], dims)
    const square = builder.node('Mul', 'loss/square', [builder.node('Mul', 'loss/near_square', [near.name, near.name], dims).name, scalar('half', 0.5)], dims)
    const far = builder.node('Mul', 'loss/far', [builder.node('Sub', 'loss/beyond', [distance.name, near.name], dims).name, delta], dims)
    const each = builder.node('Add', 'loss/each', [square.name, far.name], dims)
    return meanOf(builder, builder.node('Mul', 'loss/weighted', [each.name, weights], dims))
  },
})
