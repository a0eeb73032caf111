/** Classification losses: a scalar, or with reduction 'none' the labels' shape; then the log-probabilities. */
import { stringOf } from '../../attributes.ts'
import { likeInput, shapeAt, typeAt } from '../context.ts'
import { defineShape } from '../define-shape.ts'

export default defineShape({
  ops: ['NegativeLogLikelihoodLoss', 'SoftmaxCrossEntropyLoss'],
  infer: (context) => [
    { dataType: typeAt(context, 0), shape: stringOf(context.node, 'reduction', 'mean') === 'none' ? shapeAt(context, 1) : [] },
    likeInput(context),
  ],
})
